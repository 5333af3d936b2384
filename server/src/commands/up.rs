//! `refract up`: gateway, engine and console in one process, with every region, on embedded SQLite or in
//! a Postgres database (design D1).
//!
//! What happens, in order: settings are read, the data folder is opened and taken, the console is opened and with it the
//! first account, an engine a region is opened and finishes what a crash left half done, the listeners are bound, the
//! addresses are printed, and requests are served until Ctrl-C or SIGTERM; then running requests end and everything
//! closes.

use super::{
    installation::{InstallationArguments, Storage},
    signals::{start_logging, stop_requested},
};
use crate::{
    data_folder::{DataFolder, Running},
    failure::Failure,
    links::{ConsoleCloud, ConsoleWorkspaces, EngineDirectory, EngineRegion},
    listen::listeners,
    settings::{Settings, SettingsFile, parse_sign_up},
};
use actix_web::{App, HttpServer, dev::ServerHandle, middleware::from_fn, web};
use clap::Args;
use connector_interface::Faults;
use console_web::{Console, ConsoleConfig, RegionLink, SignUp};
use engine::{Engine, EngineOptions, ManagementAccess, http::Engines};
use futures::future::join_all;
use gateway::{Gateway, GatewayConfig, GatewayLimits};
use region_config::{
    Chance, Clock, Region, RegionName, SystemChance, SystemClock, grant::GrantVerifier, keys::Keys,
    limits::SERVICE_BYTES_MAX,
};
use shared_state::Hints;
use std::{
    net::{IpAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
    thread,
    time::Duration,
};

/// E-mail address of the first account when none is given.
const DEFAULT_ACCOUNT: &str = "admin@localhost";
/// Time that running requests have to end.
const SHUTDOWN: Duration = Duration::from_secs(30);
/// Time between two rounds of tidying up.
const TIDY: Duration = Duration::from_secs(600);

/// Flags of `up`.
#[derive(Args)]
pub struct UpArguments {
    #[command(flatten)]
    installation: InstallationArguments,
    /// Port of region eu1 (the default region); 0 takes a free one.
    #[arg(long, env = "REFRACT_EU1_PORT")]
    eu1_port: Option<u16>,
    /// Port of region us1; 0 takes a free one.
    #[arg(long, env = "REFRACT_US1_PORT")]
    us1_port: Option<u16>,
    /// Port of the console; 0 takes a free one.
    #[arg(long, env = "REFRACT_CONSOLE_PORT")]
    console_port: Option<u16>,
    /// Listens on this address as well; may be given several times. Default: loopback only.
    #[arg(long, env = "REFRACT_LISTEN", value_delimiter = ',')]
    listen: Vec<IpAddr>,
    /// Bytes that a service may hold; `refract admin quota` gives one service another limit. Default: 100,000,000.
    #[arg(long, env = "REFRACT_SERVICE_BYTES")]
    service_bytes: Option<u64>,
    /// Who may sign up: open, invitation or closed.
    #[arg(long, env = "REFRACT_SIGN_UP", value_parser = parse_sign_up)]
    sign_up: Option<SignUp>,
    /// E-mail address of the first account, made when there is none.
    #[arg(long, env = "REFRACT_FIRST_ACCOUNT")]
    first_account: Option<String>,
    /// File with the first account's password, `-` for standard input; without it a one-time link signs in.
    #[arg(long, env = "REFRACT_FIRST_ACCOUNT_PASSWORD_FILE")]
    first_account_password: Option<PathBuf>,
    /// Lets everybody on this machine deploy to the home workspace without a secret. Loopback only.
    #[arg(long)]
    open: bool,
    /// Prints the addresses as one line of JSON and logs as JSON.
    #[arg(long)]
    json: bool,
}

/// Everything that runs.
struct Cloud {
    console: Console,
    engines: Arc<Engines>,
    gateway: web::Data<Gateway>,
    all: Vec<Arc<Engine>>,
}

/// Runs the command.
pub fn run(arguments: UpArguments) -> Result<(), Failure> {
    start_logging(arguments.json);
    let folder = DataFolder::open_or_make(&arguments.installation.data)?;
    let _lock = folder.lock()?;
    let settings = settings(&arguments, SettingsFile::read(&folder.settings())?)?;
    if arguments.open && !settings.listen.is_empty() {
        return Err(Failure::Configuration(
            "--open lets everybody deploy, so it goes with loopback listeners only; leave out --open or --listen"
                .to_owned(),
        ));
    }
    actix_web::rt::System::new().block_on(serve(arguments, folder, settings))
}

/// Flags and environment over the file over the defaults.
fn settings(arguments: &UpArguments, file: SettingsFile) -> Result<Settings, Failure> {
    let from_file = file.sign_up.as_deref().map(parse_sign_up).transpose().map_err(Failure::Configuration)?;
    Ok(Settings {
        sign_up: arguments.sign_up.or(from_file).unwrap_or(SignUp::Invitation),
        eu1_port: arguments.eu1_port.or(file.eu1_port).unwrap_or(4466),
        us1_port: arguments.us1_port.or(file.us1_port).unwrap_or(4467),
        console_port: arguments.console_port.or(file.console_port).unwrap_or(3000),
        listen: if arguments.listen.is_empty() { file.listen } else { arguments.listen.clone() },
        service_bytes: arguments.service_bytes.or(file.service_bytes).unwrap_or(SERVICE_BYTES_MAX),
    })
}

async fn serve(arguments: UpArguments, folder: DataFolder, settings: Settings) -> Result<(), Failure> {
    // The listeners come first: with a free port taken, the addresses are known to everything that shows them.
    let eu1 = listeners(settings.eu1_port, &settings.listen, "--eu1-port")?;
    let us1 = listeners(settings.us1_port, &settings.listen, "--us1-port")?;
    let console_sockets = listeners(settings.console_port, &settings.listen, "--console-port")?;
    let regions = vec![region("eu1", "EU (Ireland)", port(&eu1)?)?, region("us1", "US West (Oregon)", port(&us1)?)?];
    let origins = console_origins(port(&console_sockets)?, &settings.listen);
    let console_origin = origins[0].clone();

    let storage = Storage::of(&arguments.installation, &folder).await?;
    let cloud = put_together((&folder, &storage), &settings, &regions, origins, arguments.open)?;
    let greeting = first_account(&arguments, &cloud.console).await?;
    // Not the greeting's workspace: the home workspace can have been deleted, and then there is none.
    let home = cloud.console.home_workspace().await.map_err(|e| Failure::of("cannot find the home workspace", e))?;
    cloud.gateway.set_home_workspace(home.as_ref().map(|facts| facts.slug.as_str()));
    for engine in &cloud.all {
        engine.resume().await.map_err(|e| Failure::of("cannot finish what was interrupted", e))?;
    }

    let servers =
        [serve_regions(&cloud, eu1.into_iter().chain(us1).collect())?, serve_console(&cloud.console, console_sockets)?];
    let running = Running {
        console: console_origin,
        regions: regions.iter().map(|r| (r.name.to_string(), r.origin.clone())).collect(),
        postgres: storage.is_postgres(),
    };
    folder.write_running(&running)?;
    super::env::print_greeting(&running, &greeting, &arguments.installation.data, arguments.json);
    actix_web::rt::spawn(tidy(cloud.console.clone()));
    for engine in &cloud.all {
        actix_web::rt::spawn(engine.clone().watch());
    }

    stop_requested().await;
    join_all(servers.iter().map(|server| server.stop(true))).await;
    for engine in &cloud.all {
        engine.close().await;
    }
    Ok(())
}

fn region(name: &str, title: &str, port: u16) -> Result<Region, Failure> {
    let name = RegionName::parse(name).ok_or_else(|| Failure::Configuration(format!("'{name}' is no region name")))?;
    Ok(Region { name, title: title.to_owned(), port, origin: format!("http://localhost:{port}") })
}

fn port(listeners: &[TcpListener]) -> Result<u16, Failure> {
    let first = listeners.first().map(TcpListener::local_addr);
    first.and_then(Result::ok).map(|a| a.port()).ok_or_else(|| Failure::Failed("a listener has no address".to_owned()))
}

/// Opens every part and connects them.
fn put_together(
    (folder, storage): (&DataFolder, &Storage),
    settings: &Settings,
    regions: &[Region],
    console_origins: Vec<String>,
    open: bool,
) -> Result<Cloud, Failure> {
    let keys = folder.keys()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let chance: Arc<dyn Chance> = Arc::new(SystemChance);
    let links: Vec<Arc<EngineRegion>> = regions.iter().map(|r| Arc::new(EngineRegion::new(r.clone()))).collect();
    let console = Console::open(
        ConsoleConfig {
            database: storage.control(folder, "console"),
            keys: keys.clone(),
            regions: links.iter().map(|l| l.clone() as Arc<dyn RegionLink>).collect(),
            sign_up: settings.sign_up,
            origins: console_origins,
            trusted_proxies: Vec::new(),
        },
        clock.clone(),
        chance.clone(),
    )
    .map_err(|e| Failure::of("cannot open the console", e))?;

    let connector = storage.connector(folder);
    let hints = Hints::in_process();
    let options = links.iter().map(|link| {
        let region = link.region().name.clone();
        EngineOptions {
            registry: storage.control(folder, region.as_str()),
            access: access(&keys, &region, &console, open),
            region,
            keys: keys.clone(),
            raw_access: None,
            connector: connector.clone(),
            adopts_storage: false,
            service_bytes_max: Some(settings.service_bytes),
            hints: hints.clone(),
            clock: clock.clone(),
            chance: chance.clone(),
            faults: Faults::default(),
        }
    });
    let all = open_engines(options.collect())?;
    for (link, engine) in links.iter().zip(&all) {
        link.connect(engine.clone());
    }
    let engines = Arc::new(Engines::new(all.clone()));
    let gateway = Gateway::new(
        GatewayConfig {
            regions: regions.to_vec(),
            home_workspace: None,
            stage_separator: connector.capabilities().stage_separator,
            request_id_prefix: "local".to_owned(),
            limits: GatewayLimits::default(),
        },
        Arc::new(EngineDirectory { engines: engines.clone() }),
        Arc::new(ConsoleCloud { cloud: console_web::cloud_api::Cloud::new(console.clone()) }),
        clock,
        chance,
    )
    .map_err(|e| Failure::of("cannot start the gateway", e))?;
    Ok(Cloud { console, engines, gateway: web::Data::new(gateway), all })
}

/// Origins at which browsers reach the console, the one to show first: every name of loopback, and each further address
/// that is listened on. Which addresses "all of them" means is not known.
fn console_origins(port: u16, listen: &[IpAddr]) -> Vec<String> {
    let further = listen.iter().filter(|address| !address.is_unspecified()).map(|address| match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    });
    let loopback = ["localhost", "127.0.0.1", "[::1]", "127.0.0.2"].map(str::to_owned);
    loopback.into_iter().chain(further).map(|host| format!("http://{host}:{port}")).collect()
}

/// Opens an engine a region. A new registry waits for the disk some ten times, so the regions wait side by side.
fn open_engines(options: Vec<EngineOptions>) -> Result<Vec<Arc<Engine>>, Failure> {
    let attempt = "cannot open an engine";
    thread::scope(|scope| {
        let threads: Vec<_> = options.into_iter().map(|options| scope.spawn(|| Engine::open(options))).collect();
        let opened = threads.into_iter().map(|thread| {
            let engine = thread.join().map_err(|_| Failure::of(attempt, "its thread panicked"))?;
            engine.map(Arc::new).map_err(|e| Failure::of(attempt, e))
        });
        opened.collect()
    })
}

fn access(keys: &Keys, region: &RegionName, console: &Console, home_is_open: bool) -> ManagementAccess {
    ManagementAccess::Workspaces {
        workspaces: Arc::new(ConsoleWorkspaces { console: console.clone(), home_is_open }),
        grants: GrantVerifier::new(keys, region),
    }
}

/// What to tell about the first account.
pub struct Greeting {
    /// Its e-mail address.
    pub account: String,
    /// Slug of its workspace, the home workspace.
    pub workspace: String,
    /// Path of a one-time sign-in link, while it has no password.
    pub link: Option<String>,
    /// Management secret of the home workspace.
    pub secret: String,
}

/// Makes the first account when there is none, and says how its owner gets in.
async fn first_account(arguments: &UpArguments, console: &Console) -> Result<Greeting, Failure> {
    let failed = |e: console_web::ConsoleError| Failure::of("cannot make the first account", e);
    let known = console.first_account().await.map_err(failed)?;
    let email = match (&known, &arguments.first_account) {
        (Some(account), _) => account.email.clone(),
        (None, given) => given.clone().unwrap_or_else(|| DEFAULT_ACCOUNT.to_owned()),
    };
    let password = match (&known, &arguments.first_account_password) {
        (None, Some(file)) => Some(read_password(file)?),
        _ => None,
    };
    let first = console.create_first_account(&email, password).await.map_err(failed)?;
    let link = match first.account.has_password {
        true => None,
        false => Some(console.one_time_link(&email).await.map_err(failed)?),
    };
    let secret = console.management_secret(&first.workspace).await.map_err(failed)?.unwrap_or_default();
    Ok(Greeting { account: email, workspace: first.workspace, link, secret })
}

fn read_password(file: &std::path::Path) -> Result<String, Failure> {
    let text =
        if file.as_os_str() == "-" { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(file) };
    let text =
        text.map_err(|e| Failure::Configuration(format!("cannot read the password from {}: {e}", file.display())))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn serve_regions(cloud: &Cloud, sockets: Vec<TcpListener>) -> Result<ServerHandle, Failure> {
    let (gateway, engines) = (cloud.gateway.clone(), web::Data::from(cloud.engines.clone()));
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(gateway.clone())
            .app_data(engines.clone())
            .wrap(from_fn(gateway::corridor))
            .configure(engine::http::configure)
    })
    .on_connect(gateway::remember_connection);
    for socket in sockets {
        server = server.listen(socket).map_err(|e| Failure::of("cannot listen", e))?;
    }
    Ok(start(server.shutdown_timeout(SHUTDOWN.as_secs()).disable_signals().run()))
}

fn serve_console(console: &Console, sockets: Vec<TcpListener>) -> Result<ServerHandle, Failure> {
    let console = web::Data::new(console.clone());
    let mut server =
        HttpServer::new(move || App::new().app_data(console.clone()).configure(console_web::http::configure))
            .workers(1);
    for socket in sockets {
        server = server.listen(socket).map_err(|e| Failure::of("cannot listen", e))?;
    }
    Ok(start(server.shutdown_timeout(SHUTDOWN.as_secs()).disable_signals().run()))
}

fn start(server: actix_web::dev::Server) -> ServerHandle {
    let handle = server.handle();
    actix_web::rt::spawn(server);
    handle
}

/// Now and then: forgets what is over, and deletes what deleted workspaces left behind, first of all what a process
/// that was stopped in between left.
async fn tidy(console: Console) {
    loop {
        if let Err(error) = console.remove_deleted_workspaces().await {
            tracing::warn!(%error, "cannot remove the services of deleted workspaces");
        }
        if let Err(error) = console.forget_what_is_over().await {
            tracing::warn!(%error, "cannot forget what is over");
        }
        actix_web::rt::time::sleep(TIDY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_may_reach_the_console_at_every_address_that_is_listened_on() {
        let listen = ["192.0.2.1", "2001:db8::1", "0.0.0.0", "::"].map(|address| address.parse().unwrap());
        let expected = [
            "http://localhost:3000",
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
            "http://127.0.0.2:3000",
            "http://192.0.2.1:3000",
            "http://[2001:db8::1]:3000",
        ];
        assert_eq!(console_origins(3000, &listen), expected);
    }
}
