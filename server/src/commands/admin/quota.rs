//! `refract admin quota`: how much a service holds and may hold, also while the installation runs.

use crate::commands::installation::{InstallationArguments, Storage};
use crate::{data_folder::DataFolder, failure::Failure, settings::SettingsFile};
use clap::Args;
use engine::{Engine, EngineOptions, ManagementAccess};
use region_config::{
    Address, RegionName, SystemChance, SystemClock,
    address::{Endpoint, Grammar, Target},
    limits::SERVICE_BYTES_MAX,
};
use shared_state::Hints;
use std::sync::Arc;

/// Flags of `admin quota`.
#[derive(Args)]
pub struct QuotaArguments {
    /// The service: WORKSPACE/SERVICE/STAGE.
    service: String,
    /// Its region.
    #[arg(long, default_value = "eu1")]
    region: String,
    /// Bytes that it may hold from now on: a number, or one of kB, MB or GB. What is there stays.
    #[arg(long, value_parser = parse_bytes)]
    limit: Option<u64>,
    /// Takes back its own limit: it may hold as much as any service.
    #[arg(long, conflicts_with = "limit")]
    default_limit: bool,
    /// Prints one line of JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    installation: InstallationArguments,
}

/// Runs the command.
pub async fn run(arguments: QuotaArguments) -> Result<(), Failure> {
    let folder = DataFolder::open(&arguments.installation.data)?;
    let engine = open_engine(&arguments.installation, &folder, &arguments.region).await?;
    let address = address(&arguments.service)?;
    let service = engine.find(&address).await.map_err(|e| Failure::of("cannot look for the service", e))?;
    let service = service.ok_or_else(|| {
        Failure::Configuration(format!("there is no service {} in region {}", arguments.service, arguments.region))
    })?;
    if arguments.limit.is_some() || arguments.default_limit {
        let set = engine.set_limit_bytes(&service, arguments.limit).await;
        set.map_err(|e| Failure::of("cannot set the limit", e))?;
    }
    let (used, limit) = engine.usage(&service).await.map_err(|e| Failure::of("cannot count the service's bytes", e))?;
    let limit = limit.unwrap_or(SERVICE_BYTES_MAX);
    if arguments.json {
        println!("{}", serde_json::json!({ "usedBytes": used, "limitBytes": limit }));
    } else {
        println!("{} holds {used} of {limit} bytes", arguments.service);
    }
    Ok(())
}

/// The region's engine beside the one that runs: to look, and to set limits.
async fn open_engine(
    installation: &InstallationArguments,
    folder: &DataFolder,
    region: &str,
) -> Result<Engine, Failure> {
    let unknown = || Failure::Configuration(format!("there is no region '{region}' in this installation"));
    let region = RegionName::parse(region).ok_or_else(unknown)?;
    if !folder.running()?.regions.iter().any(|(name, _)| name == region.as_str()) {
        return Err(unknown());
    }
    let storage = Storage::of(installation, folder).await?;
    let limit = SettingsFile::read(&folder.settings())?.service_bytes.unwrap_or(SERVICE_BYTES_MAX);
    Engine::open(EngineOptions {
        registry: storage.control(folder, region.as_str()),
        region,
        keys: folder.keys()?,
        access: ManagementAccess::Secret(None),
        raw_access: None,
        connector: storage.connector(folder),
        adopts_storage: false,
        service_bytes_max: Some(limit),
        hints: Hints::in_process(),
        clock: Arc::new(SystemClock::new()),
        chance: Arc::new(SystemChance),
        faults: connector_interface::Faults::default(),
    })
    .map_err(|e| Failure::of("cannot open the region's registry", e))
}

fn address(service: &str) -> Result<Address, Failure> {
    match Target::parse(&format!("/{service}"), Grammar::Cloud) {
        Some(Target::Service(address, Endpoint::Api)) => Ok(address),
        _ => Err(Failure::Configuration(format!("'{service}' is not of the form WORKSPACE/SERVICE/STAGE"))),
    }
}

fn parse_bytes(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let unit = match unit.trim() {
        "" => 1,
        "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return Err("a number of bytes, or one of kB, MB or GB, such as 200MB".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "a number of bytes, such as 200000000 or 200MB".to_owned())?;
    number.checked_mul(unit).filter(|bytes| i64::try_from(*bytes).is_ok()).ok_or_else(|| "too many bytes".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_their_unit() {
        for (text, bytes) in
            [("0", 0), ("200000000", 200_000_000), ("200MB", 200_000_000), ("5 kB", 5_000), ("1GB", 1_000_000_000)]
        {
            assert_eq!(parse_bytes(text), Ok(bytes), "{text}");
        }
        for text in ["", "MB", "1.5MB", "-1", "1mb", "1 MiB", "99999999999GB", "9223372036854775808"] {
            assert!(parse_bytes(text).is_err(), "{text}");
        }
    }
}
