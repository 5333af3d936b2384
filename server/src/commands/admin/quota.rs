//! `refract admin quota`: how much a service holds and may hold, also while the installation runs.

use crate::{commands::service::ServiceArguments, failure::Failure};
use clap::Args;
use region_config::limits::SERVICE_BYTES_MAX;

/// Flags of `admin quota`.
#[derive(Args)]
pub struct QuotaArguments {
    #[command(flatten)]
    of: ServiceArguments,
    /// Bytes that it may hold from now on: a number, or one of kB, MB or GB. What is there stays.
    #[arg(long, value_parser = parse_bytes)]
    limit: Option<u64>,
    /// Takes back its own limit: it may hold as much as any service.
    #[arg(long, conflicts_with = "limit")]
    default_limit: bool,
    /// Prints one line of JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub async fn run(arguments: QuotaArguments) -> Result<(), Failure> {
    let (engine, service) = arguments.of.open().await?;
    if arguments.limit.is_some() || arguments.default_limit {
        let set = engine.set_limit_bytes(&service, arguments.limit).await;
        set.map_err(|e| Failure::of("cannot set the limit", e))?;
    }
    let (used, limit) = engine.usage(&service).await.map_err(|e| Failure::of("cannot count the service's bytes", e))?;
    let limit = limit.unwrap_or(SERVICE_BYTES_MAX);
    if arguments.json {
        println!("{}", serde_json::json!({ "usedBytes": used, "limitBytes": limit }));
    } else {
        println!("{} holds {used} of {limit} bytes", arguments.of.service);
    }
    Ok(())
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
