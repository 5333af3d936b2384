//! The accounts of services' quotas. A service without a row has not been counted yet.

use super::{Registry, RegistryError};
use crate::quota::{Answer, Ask, Ledger};
use control_store::{Row, Transaction, params};

impl Registry {
    /// Leases bytes of a service's quota. Yields its limit as well.
    pub(crate) async fn lease_bytes(
        &self,
        service: i64,
        default_limit: u64,
        ask: Ask,
    ) -> Result<(Answer, u64), RegistryError> {
        self.on_ledger(service, default_limit, move |ledger| ledger.lease(&ask)).await
    }

    /// Notes the bytes that were counted, and leases.
    pub(crate) async fn settle_bytes(
        &self,
        service: i64,
        default_limit: u64,
        counted: u64,
        ask: Ask,
    ) -> Result<(Answer, u64), RegistryError> {
        self.on_ledger(service, default_limit, move |ledger| ledger.settle(counted, &ask)).await
    }

    /// Takes back what an engine leased and did not use, of each of these services.
    pub(crate) async fn give_bytes_back(&self, holder: String, unused: Vec<(i64, u64)>) -> Result<(), RegistryError> {
        self.store
            .transaction(move |t| {
                for (service, bytes) in unused {
                    if let Some(mut ledger) = read(t, service, 0)? {
                        ledger.give_back(&holder, bytes);
                        write(t, service, &ledger)?;
                    }
                }
                Ok(())
            })
            .await
    }

    /// Has the bytes counted before the next lease: a deploy may have added or removed some.
    pub(crate) async fn uncount_bytes(&self, service: i64) -> Result<(), RegistryError> {
        self.store
            .transaction(move |t| {
                t.execute("UPDATE quota SET spoken_for = NULL WHERE service_id = ?1", params![service])?;
                Ok(())
            })
            .await
    }

    /// Sets how many bytes a service may hold; `None`: as many as any service of the region.
    pub async fn set_limit_bytes(&self, service: i64, limit: Option<u64>) -> Result<(), RegistryError> {
        self.store
            .transaction(move |t| {
                t.execute(
                    "INSERT INTO quota (service_id, limit_bytes, leases) VALUES (?1, ?2, '{}')
                     ON CONFLICT (service_id) DO UPDATE SET limit_bytes = excluded.limit_bytes",
                    params![service, limit.map(signed)],
                )?;
                Ok(())
            })
            .await
    }

    /// How many bytes a service may hold, if it is not as many as any other.
    pub async fn limit_bytes(&self, service: i64) -> Result<Option<u64>, RegistryError> {
        self.store
            .transaction(move |t| {
                let sql = "SELECT limit_bytes FROM quota WHERE service_id = ?1";
                let limit = t.query_optional(sql, params![service], |row| row.get::<Option<i64>>(0))?;
                Ok(limit.flatten().map(unsigned))
            })
            .await
    }

    async fn on_ledger(
        &self,
        service: i64,
        default_limit: u64,
        ask: impl FnOnce(&mut Ledger) -> Answer + Send + 'static,
    ) -> Result<(Answer, u64), RegistryError> {
        self.store
            .transaction(move |t| {
                let new = || Ledger { limit: default_limit, spoken_for: None, leases: Default::default() };
                let mut ledger = read(t, service, default_limit)?.unwrap_or_else(new);
                let answer = ask(&mut ledger);
                write(t, service, &ledger)?;
                Ok((answer, ledger.limit))
            })
            .await
    }
}

fn read(t: &Transaction<'_>, service: i64, default_limit: u64) -> Result<Option<Ledger>, RegistryError> {
    let sql = "SELECT limit_bytes, spoken_for, leases FROM quota WHERE service_id = ?1";
    let columns = |row: &Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let found: Option<(Option<i64>, Option<i64>, String)> = t.query_optional(sql, params![service], columns)?;
    let Some((limit, spoken_for, leases)) = found else { return Ok(None) };
    let corrupt = |e: serde_json::Error| RegistryError::Corrupt { service, reason: e.to_string() };
    Ok(Some(Ledger {
        limit: limit.map_or(default_limit, unsigned),
        spoken_for: spoken_for.map(unsigned),
        leases: serde_json::from_str(&leases).map_err(corrupt)?,
    }))
}

/// Leaves the limit as it is.
fn write(t: &Transaction<'_>, service: i64, ledger: &Ledger) -> Result<(), RegistryError> {
    t.execute(
        "INSERT INTO quota (service_id, spoken_for, leases) VALUES (?1, ?2, ?3)
         ON CONFLICT (service_id) DO UPDATE SET spoken_for = excluded.spoken_for, leases = excluded.leases",
        params![service, ledger.spoken_for.map(signed), serde_json::json!(ledger.leases).to_string()],
    )?;
    Ok(())
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn unsigned(bytes: i64) -> u64 {
    u64::try_from(bytes).unwrap_or(0)
}
