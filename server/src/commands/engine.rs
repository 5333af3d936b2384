//! `refract engine`: a drop-in Prisma 1 server (design D18), configured by `PRISMA_CONFIG` as people have it in their
//! compose files. No accounts, no regions, no throttle.

use super::{
    postgres::Database,
    signals::{start_logging, stop_requested},
};
use crate::{data_folder::DataFolder, failure::Failure, listen::listeners, open_files};
use actix_web::{App, HttpServer, web};
use clap::Args;
use connector_interface::{Connector, Faults};
use connectors::sqlite::{SqliteConnector, SqliteOptions};
use control_store::Place;
use engine::{
    Engine, EngineOptions, ManagementAccess,
    config::{DatabaseKind, PrismaConfig},
    http::Alone,
};
use region_config::{RegionName, SystemChance, SystemClock};
use shared_state::Hints;
use std::{
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    sync::Arc,
};

/// Flags of `engine`.
#[derive(Args)]
pub struct EngineArguments {
    /// Folder of the data.
    #[arg(long, env = "REFRACT_DATA", default_value = "./refract-data")]
    data: PathBuf,
    /// The configuration, as text.
    #[arg(long, env = "PRISMA_CONFIG", hide_env_values = true)]
    config: Option<String>,
    /// File of the configuration.
    #[arg(long, env = "PRISMA_CONFIG_PATH")]
    config_path: Option<PathBuf>,
    /// Port; default is that of the configuration, 0 takes a free one.
    #[arg(long)]
    port: Option<u16>,
    /// Listens on this address instead of everywhere. Without a management secret only loopback addresses are allowed.
    #[arg(long, env = "REFRACT_LISTEN", value_delimiter = ',')]
    listen: Vec<IpAddr>,
    /// Bytes that a service may hold. Default: any number.
    #[arg(long, env = "REFRACT_SERVICE_BYTES")]
    service_bytes: Option<u64>,
    /// Logs as JSON.
    #[arg(long)]
    json: bool,
    /// For the crash test: a fault at a place of the code, once.
    #[arg(long, env = "REFRACT_FAULT", hide = true, default_value = "")]
    fault: Faults,
}

/// Runs the command.
pub fn run(arguments: EngineArguments) -> Result<(), Failure> {
    start_logging(arguments.json);
    let config = config(&arguments)?;
    let open = config.management_api_secret.is_none();
    if open && arguments.listen.iter().any(|a| !a.is_loopback()) {
        return Err(Failure::Configuration(
            "without a managementApiSecret everybody may deploy, so only loopback addresses are listened on; set one, or leave out --listen".to_owned(),
        ));
    }
    let folder = DataFolder::open_or_make(&arguments.data)?;
    let _lock = folder.lock()?;
    actix_web::rt::System::new().block_on(serve(arguments, config, folder))
}

fn config(arguments: &EngineArguments) -> Result<PrismaConfig, Failure> {
    let text = match (&arguments.config, &arguments.config_path) {
        (Some(text), _) => text.clone(),
        (None, Some(path)) => std::fs::read_to_string(path)
            .map_err(|e| Failure::Configuration(format!("cannot read PRISMA_CONFIG_PATH {}: {e}", path.display())))?,
        (None, None) => {
            return Err(Failure::Configuration(
                "No valid Prisma config could be loaded: set PRISMA_CONFIG (text) or PRISMA_CONFIG_PATH (file), for example PRISMA_CONFIG='{port: 4466, databases: {default: {connector: sqlite}}}'".to_owned(),
            ));
        }
    };
    PrismaConfig::parse(&text).map_err(|e| Failure::Configuration(e.to_string().replace('\n', " ")))
}

/// A Prisma 1 server listens everywhere, and compose files rely on it. Without a secret that would let everybody in.
fn listened(arguments: &EngineArguments, config: &PrismaConfig) -> Vec<IpAddr> {
    match (arguments.listen.as_slice(), &config.management_api_secret) {
        ([], Some(_)) => vec![IpAddr::V4(Ipv4Addr::UNSPECIFIED)],
        (given, _) => given.to_vec(),
    }
}

fn sqlite_options(arguments: &EngineArguments) -> SqliteOptions {
    SqliteOptions { faults: arguments.fault.clone(), ..SqliteOptions::within_open_files(open_files::raised()) }
}

async fn serve(arguments: EngineArguments, config: PrismaConfig, folder: DataFolder) -> Result<(), Failure> {
    let sockets = listeners(arguments.port.unwrap_or(config.port), &listened(&arguments, &config), "--port")?;
    let port = sockets.first().and_then(|s| s.local_addr().ok()).map_or(config.port, |a| a.port());
    let (connector, registry): (Arc<dyn Connector>, Place) = match config.database.connector {
        DatabaseKind::Sqlite => (
            Arc::new(SqliteConnector::open(folder.path(), sqlite_options(&arguments))),
            Place::File(folder.control("engine")),
        ),
        DatabaseKind::Postgres(server) => {
            let database = Database::of_configuration(&server).await?;
            (Arc::new(database.connector(arguments.fault.clone())), database.control("refract".to_owned()))
        }
    };
    let secret = config.management_api_secret;
    let open = secret.is_none();
    let region = RegionName::parse("local").ok_or_else(|| Failure::Failed("'local' is no region name".to_owned()))?;
    let engine = Engine::open(EngineOptions {
        registry,
        region,
        keys: folder.keys()?,
        access: ManagementAccess::Secret(secret),
        raw_access: config.database.raw_access.then(|| vec![config.database.name]),
        connector,
        adopts_storage: true,
        service_bytes_max: arguments.service_bytes,
        hints: Hints::in_process(),
        clock: Arc::new(SystemClock::new()),
        chance: Arc::new(SystemChance),
        faults: arguments.fault.clone(),
    })
    .map_err(|e| Failure::of("cannot open the engine", e))?;
    let engine = Arc::new(engine);
    engine.resume().await.map_err(|e| Failure::of("cannot finish what was interrupted", e))?;

    let alone = web::Data::new(Alone::new(engine.clone(), Arc::new(gateway::pages::playground)));
    let mut server = HttpServer::new(move || App::new().app_data(alone.clone()).configure(Alone::configure));
    for socket in sockets {
        server = server.listen(socket).map_err(|e| Failure::of("cannot listen", e))?;
    }
    let server = server.shutdown_timeout(30).disable_signals().run();
    let handle = server.handle();
    actix_web::rt::spawn(server);

    println!("Prisma 1 server on http://localhost:{port}, management API at http://localhost:{port}/management");
    if open {
        println!("WARNING: no managementApiSecret is set: everybody on this machine may deploy and delete services.");
    }
    actix_web::rt::spawn(engine.clone().watch());
    stop_requested().await;
    handle.stop(true).await;
    engine.close().await;
    Ok(())
}
