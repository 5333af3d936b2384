//! Deploys against a database that takes its time, and that remembers what it was asked to change.

use super::*;
use crate::{EngineOptions, ManagementAccess};
use connector_interface::{
    Answer, Capabilities, Connector, ConnectorError, DataCheck, Placement, Position, PreparedRead, Reached, ReadPlan,
    SavedRow, SchemaChange, Value, WriteContext, WriteOutcome, WritePlan,
};
use control_store::Place;
use futures::future::LocalBoxFuture;
use migrate::Status;
use parking_lot::Mutex;
use region_config::{
    RegionName, SystemChance,
    clock::ManualClock,
    keys::{Keys, Secret},
};
use shared_state::Hints;
use std::time::Duration;
use tokio::sync::Semaphore;

/// A database whose schema changes wait for a permit.
struct Slow {
    permits: Semaphore,
    /// Revisions of its tables, in order; 0 when they were removed.
    reached: Mutex<Vec<i64>>,
}

impl Connector for Slow {
    fn capabilities(&self) -> Capabilities {
        Capabilities { name: "slow", stage_separator: '_', name_bytes_max: 63 }
    }

    fn place(&self, project_id: &str, fresh: &str) -> [Placement; 2] {
        [project_id, fresh].map(|storage| Placement { storage: storage.to_owned() })
    }

    fn prepare(&self, _: &Placement, _: &ReadPlan) -> PreparedRead {
        Arc::new(())
    }

    fn read<'a>(
        &'a self,
        _: &'a Placement,
        _: &'a PreparedRead,
        _: &'a [Value],
        _: Option<&'a SavedRow>,
        _: (&'a str, Position),
        _: &'a mut Answer,
    ) -> LocalBoxFuture<'a, Result<(), ConnectorError>> {
        Box::pin(async { Err(ConnectorError::Database("nothing is read here".to_owned())) })
    }

    fn write<'a>(
        &'a self,
        _: &'a Placement,
        _: Arc<WritePlan>,
        _: Vec<Value>,
        _: WriteContext,
    ) -> LocalBoxFuture<'a, Result<WriteOutcome, ConnectorError>> {
        Box::pin(async { Err(ConnectorError::Database("nothing is written here".to_owned())) })
    }

    fn execute_raw<'a>(
        &'a self,
        _: &'a Placement,
        _: String,
        _: String,
    ) -> LocalBoxFuture<'a, Result<String, ConnectorError>> {
        Box::pin(async { Err(ConnectorError::Database("nothing is executed here".to_owned())) })
    }

    fn create<'a>(&'a self, _: &'a Placement) -> LocalBoxFuture<'a, Result<(), ConnectorError>> {
        Box::pin(async { Ok(()) })
    }

    fn remove<'a>(&'a self, _: &'a Placement) -> LocalBoxFuture<'a, Result<(), ConnectorError>> {
        Box::pin(async {
            self.reached.lock().push(0);
            Ok(())
        })
    }

    fn change_schema<'a>(
        &'a self,
        _: &'a Placement,
        revision: i64,
        _: Vec<SchemaChange>,
    ) -> LocalBoxFuture<'a, Result<Reached, ConnectorError>> {
        Box::pin(async move {
            self.permits.acquire().await.expect("it stays open").forget();
            self.reached.lock().push(revision);
            Ok(Reached::Changed)
        })
    }

    fn give_up<'a>(&'a self, _: &'a Placement, _: i64) -> LocalBoxFuture<'a, Result<Reached, ConnectorError>> {
        Box::pin(async { Ok(Reached::GivenUp) })
    }

    fn live_bytes<'a>(
        &'a self,
        _: &'a Placement,
        _: Arc<Datamodel>,
    ) -> LocalBoxFuture<'a, Result<u64, ConnectorError>> {
        Box::pin(async { Ok(0) })
    }

    fn stored_bytes<'a>(&'a self, _: &'a Placement) -> LocalBoxFuture<'a, Result<u64, ConnectorError>> {
        Box::pin(async { Ok(0) })
    }

    fn check_data<'a>(
        &'a self,
        _: &'a Placement,
        checks: Vec<DataCheck>,
    ) -> LocalBoxFuture<'a, Result<Vec<bool>, ConnectorError>> {
        Box::pin(async move { Ok(vec![false; checks.len()]) })
    }

    fn close(&self) -> LocalBoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

/// An engine whose registry lies in a folder.
fn open(connector: Arc<Slow>, folder: &tempfile::TempDir) -> Arc<Engine> {
    let mut engine = Engine::open(EngineOptions {
        region: RegionName::parse("local").expect("a name"),
        registry: Place::File(folder.path().join("engine.sqlite")),
        keys: Keys::new(Secret::from_bytes([7; 32])),
        access: ManagementAccess::Secret(None),
        raw_access: None,
        connector,
        adopts_storage: true,
        service_bytes_max: None,
        hints: Hints::in_process(),
        clock: Arc::new(ManualClock::at(1_600_000_000_000)),
        chance: Arc::new(SystemChance),
        faults: connector_interface::Faults::default(),
    })
    .expect("an engine");
    engine.answers_deploys_within = Duration::from_millis(1);
    Arc::new(engine)
}

/// An engine with one service.
async fn engine(connector: Arc<Slow>) -> (Arc<Engine>, ServiceRecord, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = open(connector, &folder);
    let address = engine.access.address("shop", "dev").await.expect("an address").expect("a workspace");
    let service = engine.add_service(&address, &[]).await.expect("a service");
    (engine, service, folder)
}

async fn deploy(
    engine: &Arc<Engine>,
    service: &ServiceRecord,
    types: &str,
) -> Result<MigrationRecord, ManagementError> {
    let deploy = Deploy {
        datamodel: types.to_owned(),
        secrets: Vec::new(),
        functions: Vec::new(),
        force: false,
        dry_run: false,
    };
    match engine.deploy(service.clone(), deploy).await? {
        DeployOutcome::Accepted { migration: Some(migration), .. } => Ok(migration),
        _ => Err(ManagementError::Internal("there is no migration".to_owned())),
    }
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    tokio::task::LocalSet::new().block_on(&runtime, test);
}

fn slow(permits: usize) -> Arc<Slow> {
    Arc::new(Slow { permits: Semaphore::new(permits), reached: Mutex::default() })
}

#[test]
fn a_long_deploy_is_answered_while_it_goes_on() {
    run(async {
        let connector = slow(0);
        let (engine, service, _folder) = engine(connector.clone()).await;
        let scheduled = deploy(&engine, &service, "type A { id: ID! @id }").await.expect("an answer");
        assert_eq!((scheduled.revision, scheduled.applied, scheduled.finished_ms), (2, 0, None));
        assert_eq!(scheduled.status, Status::Pending);
        // The service is as it was, and takes no other deploy.
        let active = engine.find(&service.address).await.expect("it loads").expect("it is there");
        assert_eq!(active.revision, 1);
        let second = deploy(&engine, &service, "type B { id: ID! @id }").await;
        assert!(matches!(second, Err(ManagementError::InProgress)), "{second:?}");

        connector.permits.add_permits(2);
        let ended = loop {
            let newest = engine.registry.newest_migration(service.id).await.expect("a registry").expect("a migration");
            if !newest.status.is_open() {
                break newest;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!((ended.revision, ended.status, ended.applied), (2, Status::Success, 2));
        while engine.find(&service.address).await.expect("it loads").expect("it is there").revision == 1 {
            tokio::task::yield_now().await;
        }
        let third = deploy(&engine, &service, "type A { id: ID! @id } type B { id: ID! @id }").await;
        assert_eq!(third.expect("an answer").revision, 3);
    });
}

#[test]
fn a_migration_that_was_left_is_taken_over_and_ends_once() {
    run(async {
        let connector = slow(0);
        let (first, service, folder) = engine(connector.clone()).await;
        let types = "type A { id: ID! @id }";
        let written = deploy(&first, &service, types).await.expect("an answer");
        assert_eq!((written.revision, written.status), (2, Status::Pending));
        while first.registry.newest_migration(service.id).await.unwrap().unwrap().status != Status::InProgress {
            tokio::task::yield_now().await;
        }
        // A registry in a file is one process's: to the next one, all others are dead.
        let second = open(connector.clone(), &folder);
        // The same request once more gets the first one's answer, since its client cannot have got it.
        let again = deploy(&second, &service, types).await.expect("an answer");
        assert_eq!(again, written);
        let other = deploy(&second, &service, "type B { id: ID! @id }").await;
        assert!(matches!(other, Err(ManagementError::InProgress)), "{other:?}");
        assert!(second.registry.take_over(service.id, 2, &second.id).await.unwrap());
        // Both go on, and what the first one writes to the row does not count any more.
        connector.permits.add_permits(2);
        second.resume().await.unwrap();
        while first.claim(service.id).is_none() {
            tokio::task::yield_now().await;
        }
        let newest = second.registry.newest_migration(service.id).await.unwrap().unwrap();
        assert_eq!((newest.revision, newest.status, newest.applied), (2, Status::Success, 2));
        assert_eq!(*connector.reached.lock(), [2, 2], "it was asked for by its revision again");
        deploy(&second, &service, "type B { id: ID! @id }").await.expect("the next one");
    });
}

#[test]
fn a_delete_waits_for_the_deploy_that_is_under_way() {
    run(async {
        let connector = slow(0);
        let (engine, service, _folder) = engine(connector.clone()).await;
        deploy(&engine, &service, "type A { id: ID! @id }").await.expect("an answer");
        let (worker, address) = (engine.clone(), service.address.clone());
        let delete = tokio::task::spawn_local(async move { worker.delete(&address).await });
        while engine.find(&service.address).await.expect("a registry").is_some() {
            tokio::task::yield_now().await;
        }
        // Its name is free at once, and the next service of that name does not wait.
        let next = engine.add_service(&service.address, &[]).await.expect("a service");
        assert_eq!(service.placement.storage, "shop_dev");
        assert_ne!(next.placement, service.placement, "what is still to be removed is not the next one's");
        connector.permits.add_permits(2);
        delete.await.expect("it ends").expect("it is deleted");
        assert_eq!(*connector.reached.lock(), [2, 0], "the storage is not made again after its removal");
        let late = deploy(&engine, &service, "type B { id: ID! @id }").await;
        assert!(matches!(late, Err(ManagementError::NotFound { .. })), "{late:?}");
        deploy(&engine, &next, "type B { id: ID! @id }").await.expect("an answer");
    });
}
