//! `refract env`: the shell lines that point the unmodified `prisma1` at a running cloud; and the greeting of `up`.

use super::{installation::InstallationArguments, up::Greeting};
use crate::{
    data_folder::{DataFolder, Running},
    failure::Failure,
};
use clap::Args;
use cli::shell_lines::{Cloud, Way, shell_lines};
use console_web::Console;
use std::path::Path;

/// Flags of `env`.
#[derive(Args)]
pub struct EnvArguments {
    #[command(flatten)]
    installation: InstallationArguments,
    /// home: projects that say http://localhost:4466. cloud: own endpoints, after `prisma1 login`. proxy: endpoints at eu1.prisma.sh. Default: home.
    #[arg(value_parser = Way::parse, default_value = "home")]
    way: Way,
}

/// Runs the command.
pub fn run(arguments: EnvArguments) -> Result<(), Failure> {
    let folder = DataFolder::open(&arguments.installation.data)?;
    let running = folder.running()?;
    let secret = actix_web::rt::System::new().block_on(home_secret(&arguments.installation, &folder))?;
    print!("{}", shell_lines(arguments.way, &cloud(&running, &secret)));
    Ok(())
}

async fn home_secret(installation: &InstallationArguments, folder: &DataFolder) -> Result<String, Failure> {
    let console = super::admin::open_console(installation, folder).await?;
    let failed = |e: console_web::ConsoleError| Failure::of("cannot read the home workspace", e);
    let home = Console::home_workspace(&console).await.map_err(failed)?;
    let Some(home) = home else {
        return Err(Failure::Failed("there is no account yet; start 'refract up' first".to_owned()));
    };
    Ok(console.management_secret(&home.slug).await.map_err(failed)?.unwrap_or_default())
}

fn cloud<'a>(running: &'a Running, secret: &'a str) -> Cloud<'a> {
    let origin = running.regions.first().map_or("", |(_, origin)| origin.as_str());
    Cloud { default_region_origin: origin, home_secret: secret }
}

/// Tells whoever started `up` where everything is and how to get in.
pub fn print_greeting(running: &Running, greeting: &Greeting, data: &Path, json: bool) {
    let sign_in = greeting.link.as_ref().map(|path| format!("{}{path}", running.console));
    if json {
        let line = serde_json::json!({
            "console": running.console,
            "signIn": sign_in,
            "account": greeting.account,
            "workspace": greeting.workspace,
            "regions": running.regions.iter().map(|(name, origin)| serde_json::json!({ "name": name, "origin": origin })).collect::<Vec<_>>(),
            "managementApiSecret": greeting.secret,
        });
        println!("{line}");
        return;
    }
    let data = data.display();
    match running.postgres {
        true => println!("Refract is running. Its data is in Postgres, its keys are in {data}.\n"),
        false => println!("Refract is running. Its data is in {data}.\n"),
    }
    println!("  console   {}", running.console);
    for (name, origin) in &running.regions {
        println!("  {name:<9} {origin}");
    }
    match sign_in {
        Some(link) => println!("\nSign in as {} with this link, once, within an hour:\n  {link}", greeting.account),
        None => println!("\nSign in as {}.", greeting.account),
    }
    let origin = running.regions.first().map_or("", |(_, origin)| origin.as_str());
    println!("\nA project whose prisma.yml says 'endpoint: {origin}' deploys to workspace {}:", greeting.workspace);
    println!("  export PRISMA_MANAGEMENT_API_SECRET={}", greeting.secret);
    println!("  prisma1 deploy");
    println!("\nOther ways: refract env cloud --data {data}, refract env proxy --data {data}");
    println!("A session key for scripts: refract admin key --account {} --data {data}", greeting.account);
    println!("Ctrl-C stops it.");
}
