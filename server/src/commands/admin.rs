//! `refract admin`: what whoever runs an installation does without a browser, also while it runs.

mod quota;

use super::installation::{InstallationArguments, Storage};
use crate::{data_folder::DataFolder, failure::Failure, links::EngineRegion};
use clap::{Args, Subcommand};
use console_web::{Console, ConsoleConfig, RegionLink, SignUp};
use quota::QuotaArguments;
use region_config::{Region, RegionName, SystemChance, SystemClock};
use std::sync::Arc;

/// Flags of `admin`.
#[derive(Args)]
pub struct AdminArguments {
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Subcommand)]
enum AdminCommand {
    /// Prints a session key (`cloudSessionKey`) for an account, for `prisma1 login --key` and scripts.
    Key(AccountArguments),
    /// Prints a link that signs an account in, once, within an hour.
    Link(AccountArguments),
    /// Prints a link that lets the owner of an e-mail address sign up, once, within 14 days.
    Invite(AccountArguments),
    /// Shows how much a service holds and may hold, or gives it another limit.
    Quota(QuotaArguments),
}

#[derive(Args)]
struct AccountArguments {
    /// E-mail address of the account.
    #[arg(long)]
    account: String,
    #[command(flatten)]
    installation: InstallationArguments,
}

/// Runs the command.
pub fn run(arguments: AdminArguments) -> Result<(), Failure> {
    actix_web::rt::System::new().block_on(async {
        match arguments.command {
            AdminCommand::Key(arguments) => {
                let folder = DataFolder::open(&arguments.installation.data)?;
                let key = open_console(&arguments.installation, &folder)
                    .await?
                    .make_session_key(&arguments.account, "command line")
                    .await;
                println!("{}", key.map_err(|e| Failure::of("cannot make a session key", e))?);
            }
            AdminCommand::Link(arguments) => {
                let folder = DataFolder::open(&arguments.installation.data)?;
                let path =
                    open_console(&arguments.installation, &folder).await?.one_time_link(&arguments.account).await;
                let path = path.map_err(|e| Failure::of("cannot make a sign-in link", e))?;
                println!("{}{path}", folder.running()?.console);
            }
            AdminCommand::Quota(arguments) => quota::run(arguments).await?,
            AdminCommand::Invite(arguments) => {
                let folder = DataFolder::open(&arguments.installation.data)?;
                let path = open_console(&arguments.installation, &folder).await?.invite(&arguments.account).await;
                let path = path.map_err(|e| Failure::of("cannot make an invitation", e))?;
                println!("{}{path}", folder.running()?.console);
            }
        }
        Ok(())
    })
}

/// The console's database of an installation, without any region: enough for accounts, keys and links.
pub async fn open_console(installation: &InstallationArguments, folder: &DataFolder) -> Result<Console, Failure> {
    let storage = Storage::of(installation, folder).await?;
    let running = folder.running()?;
    let mut regions: Vec<Arc<dyn RegionLink>> = Vec::new();
    for (name, origin) in &running.regions {
        let broken = || Failure::Failed(format!("'{name}' is no region name; start 'refract up' again"));
        let region = Region {
            name: RegionName::parse(name).ok_or_else(broken)?,
            title: name.clone(),
            port: 0,
            origin: origin.clone(),
        };
        regions.push(Arc::new(EngineRegion::new(region)));
    }
    let config = ConsoleConfig {
        database: storage.control(folder, "console"),
        keys: folder.keys()?,
        regions,
        sign_up: SignUp::Closed,
        origins: vec![running.console],
        trusted_proxies: Vec::new(),
    };
    Console::open(config, Arc::new(SystemClock::new()), Arc::new(SystemChance))
        .map_err(|e| Failure::of("cannot open the console's database", e))
}
