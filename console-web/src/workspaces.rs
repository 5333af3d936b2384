//! Workspaces: their slugs, their members, their management secret (way F), and the facts about them that engines ask
//! for on every management call.

use crate::{
    accounts::Account,
    console::Console,
    error::ConsoleError,
    ids::AccountId,
    names::{is_reserved_slug, skeleton, slug_base},
};
use control_store::{Row, StoreError, Transaction, current_change, next_change, params};
use quick_cache::sync::Cache;
use region_config::{Chance, address::is_workspace_slug, keys::Purpose};
use std::{
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

/// What others must know of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceFacts {
    /// Its slug.
    pub slug: String,
    /// Which life of the slug this is. Grants of an older one are void.
    pub incarnation: u32,
    /// How often its management secret was renewed.
    pub generation: u32,
    /// Whether paths without a workspace belong to it on loopback listeners.
    pub home: bool,
}

/// A workspace, as its members see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Workspace {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) incarnation: u32,
    pub(crate) generation: u32,
    pub(crate) home: bool,
}

/// Facts by slug, also of slugs that nobody has. Changes made here are seen at once, those of other processes within a
/// second.
pub(crate) struct FactsCache {
    /// With the epoch in which they were asked for: what was read while something changed is never used.
    by_slug: Cache<String, (u64, Option<WorkspaceFacts>)>,
    /// Grows with every change that is made or noticed.
    epoch: AtomicU64,
    /// The newest change number that was read.
    change: AtomicI64,
    /// When that number was last compared with the database, in milliseconds of the monotonic clock.
    compared_at_ms: AtomicI64,
}

/// Workspaces that one account may be a member of.
const OF_ACCOUNT_MAX: u32 = 3;
/// How long a deleted slug stays taken.
const TOMBSTONE: Duration = Duration::from_secs(90 * 24 * 60 * 60);
const CACHED_MAX: usize = 10_000;
const COMPARE_EVERY_MS: i64 = 1000;

impl Console {
    /// What engines must know of a workspace; nothing if there is none.
    pub async fn workspace(&self, slug: &str) -> Result<Option<WorkspaceFacts>, ConsoleError> {
        if !is_workspace_slug(slug) {
            return Ok(None);
        }
        let now = i64::try_from(self.shared.clock.monotonic().as_millis()).unwrap_or(i64::MAX);
        let cache = &self.shared.facts;
        let fresh = now - cache.compared_at_ms.load(Ordering::Acquire) < COMPARE_EVERY_MS;
        if fresh && let Some(facts) = cache.get(slug) {
            return Ok(facts);
        }
        let (mut epoch, wanted) = (cache.epoch(), slug.to_owned());
        let (change, facts) =
            self.transaction(move |t| Ok((current_change(t)?, by_slug(t, &wanted)?.map(Workspace::facts)))).await?;
        // What was read together with the new number is as new as that, unless something else changed meanwhile.
        if cache.change.fetch_max(change, Ordering::AcqRel) < change && cache.forget_all() == epoch {
            epoch += 1;
        }
        cache.compared_at_ms.store(now, Ordering::Release);
        cache.keep(slug, epoch, facts.clone());
        Ok(facts)
    }

    /// The home workspace: the first one ever made, while it exists.
    pub async fn home_workspace(&self) -> Result<Option<WorkspaceFacts>, ConsoleError> {
        self.transaction(|t| {
            let sql = format!("{SELECT} WHERE home = 1 AND deleted_at IS NULL");
            Ok(t.query_optional(&sql, params![], workspace_of_row)?.map(Workspace::facts))
        })
        .await
    }

    /// The management secret of a workspace (way F): the key of tokens that `prisma1` signs itself.
    pub async fn management_secret(&self, slug: &str) -> Result<Option<String>, ConsoleError> {
        Ok(self.workspace(slug).await?.and_then(|facts| self.management_secrets(&facts).into_iter().next()))
    }

    /// Every secret that is valid for a workspace, the one to show first: two while the installation key is rotated.
    pub fn management_secrets(&self, facts: &WorkspaceFacts) -> Vec<String> {
        let purpose =
            Purpose::Workspace { workspace: &facts.slug, incarnation: facts.incarnation, generation: facts.generation };
        self.shared.keys.derive_all(purpose).iter().map(|secret| secret.to_text()).collect()
    }

    /// The workspaces of an account, oldest first.
    pub(crate) async fn workspaces(&self, account: &AccountId) -> Result<Vec<Workspace>, ConsoleError> {
        let account = account.clone();
        self.transaction(move |t| of_account(t, &account)).await
    }

    /// A workspace that the account is a member of; to everybody else it is not there.
    pub(crate) async fn own_workspace(&self, account: &AccountId, slug: &str) -> Result<Workspace, ConsoleError> {
        let (account, slug) = (account.clone(), slug.to_owned());
        self.transaction(move |t| own(t, &account, &slug)).await
    }

    /// Makes another workspace for an account.
    pub(crate) async fn make_workspace(&self, account: &Account, slug: &str) -> Result<Workspace, ConsoleError> {
        let (id, now) = (self.new_id(), self.shared.clock.now_ms());
        let (account, slug) = (account.id.clone(), slug.to_owned());
        let workspace = self
            .transaction(move |t| {
                if of_account(t, &account)?.len() >= OF_ACCOUNT_MAX as usize {
                    return Err(ConsoleError::WorkspacesFull { max: OF_ACCOUNT_MAX });
                }
                refuse_slug(t, &slug, now)?;
                insert(t, &id, &slug, &account, now)
            })
            .await?;
        self.shared.facts.forget_all();
        Ok(workspace)
    }

    /// Replaces a workspace's management secret; the old one is void from now on.
    pub(crate) async fn renew_management_secret(
        &self,
        account: &AccountId,
        slug: &str,
    ) -> Result<Workspace, ConsoleError> {
        let (account, slug) = (account.clone(), slug.to_owned());
        let workspace = self
            .transaction(move |t| {
                let mut workspace = own(t, &account, &slug)?;
                workspace.generation += 1;
                t.execute(
                    "UPDATE workspace SET generation = ?2 WHERE id = ?1",
                    params![workspace.id, workspace.generation],
                )?;
                next_change(t)?;
                Ok(workspace)
            })
            .await?;
        self.shared.facts.forget_all();
        Ok(workspace)
    }

    /// Deletes a workspace: nobody reaches it from now on, its slug stays taken for 90 days, and its services are
    /// deleted in every region by [`remove_deleted_workspaces`](Console::remove_deleted_workspaces).
    pub(crate) async fn delete_workspace(&self, account: &AccountId, slug: &str) -> Result<(), ConsoleError> {
        let (account, slug, now) = (account.clone(), slug.to_owned(), self.shared.clock.now_ms());
        self.transaction(move |t| {
            let workspace = own(t, &account, &slug)?;
            t.execute("UPDATE workspace SET deleted_at = ?2 WHERE id = ?1", params![workspace.id, now])?;
            next_change(t)?;
            Ok(())
        })
        .await?;
        self.shared.facts.forget_all();
        Ok(())
    }
}

impl Workspace {
    /// What others must know of it.
    pub(crate) fn facts(self) -> WorkspaceFacts {
        let Workspace { slug, incarnation, generation, home, .. } = self;
        WorkspaceFacts { slug, incarnation, generation, home }
    }
}

impl FactsCache {
    pub(crate) fn new() -> FactsCache {
        FactsCache {
            by_slug: Cache::new(CACHED_MAX),
            epoch: AtomicU64::new(0),
            change: AtomicI64::new(-1),
            compared_at_ms: AtomicI64::new(i64::MIN / 2),
        }
    }

    /// Makes the next questions look at the database; the epoch that ends.
    pub(crate) fn forget_all(&self) -> u64 {
        self.epoch.fetch_add(1, Ordering::AcqRel)
    }

    fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    fn get(&self, slug: &str) -> Option<Option<WorkspaceFacts>> {
        self.by_slug.get(slug).filter(|(epoch, _)| *epoch == self.epoch()).map(|(_, facts)| facts)
    }

    /// Keeps what was read in an epoch.
    fn keep(&self, slug: &str, epoch: u64, facts: Option<WorkspaceFacts>) {
        self.by_slug.insert(slug.to_owned(), (epoch, facts));
    }
}

const SELECT: &str = "SELECT id, slug, incarnation, generation, home FROM workspace";

fn workspace_of_row(row: &Row) -> Result<Workspace, StoreError> {
    Ok(Workspace {
        id: row.get(0)?,
        slug: row.get(1)?,
        incarnation: row.get(2)?,
        generation: row.get(3)?,
        home: row.get(4)?,
    })
}

fn by_slug(t: &Transaction<'_>, slug: &str) -> Result<Option<Workspace>, ConsoleError> {
    let sql = format!("{SELECT} WHERE slug = ?1 AND deleted_at IS NULL");
    Ok(t.query_optional(&sql, params![slug], workspace_of_row)?)
}

/// The workspaces of an account, oldest first.
pub(crate) fn of_account(t: &Transaction<'_>, account: &AccountId) -> Result<Vec<Workspace>, ConsoleError> {
    let sql = format!(
        "{SELECT} JOIN membership ON membership.workspace_id = workspace.id
         WHERE membership.account_id = ?1 AND deleted_at IS NULL
         ORDER BY workspace.created_at, workspace.id"
    );
    Ok(t.query(&sql, params![account.as_str()], workspace_of_row)?)
}

fn own(t: &Transaction<'_>, account: &AccountId, slug: &str) -> Result<Workspace, ConsoleError> {
    let sql = format!(
        "{SELECT} JOIN membership ON membership.workspace_id = workspace.id
         WHERE membership.account_id = ?1 AND slug = ?2 AND deleted_at IS NULL"
    );
    t.query_optional(&sql, params![account.as_str(), slug], workspace_of_row)?.ok_or(ConsoleError::NotFound)
}

/// Refuses a slug that breaks the rule, is reserved, or shares its skeleton with a workspace that exists or was deleted
/// less than 90 days ago.
fn refuse_slug(t: &Transaction<'_>, slug: &str, now: i64) -> Result<(), ConsoleError> {
    if !is_workspace_slug(slug) {
        return Err(ConsoleError::SlugInvalid);
    }
    if is_reserved_slug(slug) {
        return Err(ConsoleError::SlugReserved);
    }
    let tombstones_since = now - TOMBSTONE.as_millis() as i64;
    let taken: bool = t.query_row(
        "SELECT EXISTS (SELECT 1 FROM workspace
                        WHERE skeleton = ?1 AND (deleted_at IS NULL OR deleted_at > ?2 OR removed_at IS NULL))",
        params![skeleton(slug), tombstones_since],
        |row| row.get(0),
    )?;
    if taken { Err(ConsoleError::SlugTaken) } else { Ok(()) }
}

/// A free slug like the name: `jane-doe`, or `jane-doe-fd2dcf` where that is taken.
pub(crate) fn slug_for_name(
    t: &Transaction<'_>,
    name: &str,
    chance: &dyn Chance,
    now: i64,
) -> Result<String, ConsoleError> {
    let base = slug_base(name);
    let mut slug = base.clone();
    for _ in 0..16 {
        match refuse_slug(t, &slug, now) {
            Ok(()) => return Ok(slug),
            Err(ConsoleError::Store(error)) => return Err(error.into()),
            Err(_) => slug = format!("{base}-{}", chance.hex(3)),
        }
    }
    Err(ConsoleError::SlugTaken)
}

/// Writes a workspace whose slug was found free, with its first member.
pub(crate) fn insert(
    t: &Transaction<'_>,
    id: &str,
    slug: &str,
    account: &AccountId,
    now: i64,
) -> Result<Workspace, ConsoleError> {
    let sql = "INSERT INTO workspace (id, slug, skeleton, incarnation, generation, home, created_at)
               VALUES (?1, ?2, ?3,
                       (SELECT coalesce(max(incarnation), 0) + 1 FROM workspace WHERE slug = ?2),
                       1,
                       CASE WHEN EXISTS (SELECT 1 FROM workspace) THEN 0 ELSE 1 END,
                       ?4)
               RETURNING id, slug, incarnation, generation, home";
    let workspace = t.query_row(sql, params![id, slug, skeleton(slug), now], workspace_of_row)?;
    t.execute(
        "INSERT INTO membership (account_id, workspace_id, created_at) VALUES (?1, ?2, ?3)",
        params![account.as_str(), id, now],
    )?;
    next_change(t)?;
    Ok(workspace)
}

/// Deleted workspaces whose services may still lie in a region.
pub(crate) fn not_removed(t: &Transaction<'_>) -> Result<Vec<Workspace>, ConsoleError> {
    let sql = format!("{SELECT} WHERE deleted_at IS NOT NULL AND removed_at IS NULL ORDER BY deleted_at LIMIT 100");
    Ok(t.query(&sql, params![], workspace_of_row)?)
}

/// Notes that nothing of a deleted workspace is left.
pub(crate) fn mark_removed(t: &Transaction<'_>, id: &str, now: i64) -> Result<(), ConsoleError> {
    t.execute("UPDATE workspace SET removed_at = ?2 WHERE id = ?1", params![id, now])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_change_is_never_used_after_it() {
        let cache = FactsCache::new();
        let facts = WorkspaceFacts { slug: "acme".to_owned(), incarnation: 1, generation: 1, home: false };
        cache.keep("acme", cache.epoch(), Some(facts.clone()));
        assert_eq!(cache.get("acme"), Some(Some(facts.clone())));
        let asked_in = cache.epoch();
        cache.forget_all();
        assert_eq!(cache.get("acme"), None);
        cache.keep("acme", asked_in, Some(facts));
        assert_eq!(cache.get("acme"), None, "its question was asked before the change");
        cache.keep("acme", cache.epoch(), None);
        assert_eq!(cache.get("acme"), Some(None));
    }
}
