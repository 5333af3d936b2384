//! Connections: a pool a worker, its lanes, what is prepared on each connection.
//!
//! A connection is driven on the thread that uses it, since a hop to another thread costs a wake-up in each direction
//! (`performance.md`), so lanes belong to a thread. A service always uses the same lane of a worker. Short reads of a
//! lane go out on its shared connection without waiting for each other; everything else takes an exclusive one.

use super::{PostgresOptions, failure, statements::Statements, tls};
use ahash::{AHashMap, RandomState};
use connector_interface::ConnectorError;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, Timeouts};
use parking_lot::{Mutex, RwLock};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};
use tokio_postgres::{Client, Config, NoTls, Statement, config::SslMode};

/// All connections to one server. Cheap to share between threads: each makes lanes of its own.
pub struct Lanes {
    number: u64,
    session: Config,
    options: PostgresOptions,
    hasher: RandomState,
    pools: Mutex<Vec<Pool>>,
    closed: AtomicBool,
    /// How often the tables of a service were changed; services that were left as they are do not stand here.
    changes: RwLock<AHashMap<u64, u64>>,
    number_of_threads: AtomicU64,
}

/// A connector and its lanes on one thread.
type OfConnector = (Weak<Lanes>, Vec<Rc<Lane>>);

thread_local! {
    /// This thread's lanes of each connector, by number.
    static OF_THREAD: RefCell<HashMap<u64, OfConnector>> = RefCell::default();
}

static NUMBERS: AtomicU64 = AtomicU64::new(0);

/// A few connections of one thread, for the services that belong to them.
pub struct Lane {
    pool: Pool,
    shared: tokio::sync::Mutex<Option<Rc<Connection>>>,
    /// What is known of pooled connections. The handle keeps its address from being used again.
    known: RefCell<Vec<(Arc<deadpool_postgres::StatementCache>, Rc<Knowledge>)>>,
    statements_max: usize,
    services_max: usize,
}

/// What is prepared on a connection, and for whom.
pub struct Knowledge {
    statements: RefCell<Statements>,
    /// For each service how often its tables had been changed.
    services: RefCell<AHashMap<u64, u64>>,
    /// Statements that run, on an exclusive connection.
    running: Cell<bool>,
}

/// A connection in use. An exclusive one goes back to its pool when it is dropped; if a statement still runs on it then,
/// that is stopped first.
pub struct Connection {
    client: Option<Object>,
    knowledge: Rc<Knowledge>,
    encrypted: Option<bool>,
    is_shared: bool,
}

impl Lanes {
    /// No connection yet.
    pub fn new(options: PostgresOptions) -> Arc<Lanes> {
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        Arc::new(Lanes {
            number,
            session: options.session(),
            options,
            hasher: RandomState::new(),
            pools: Mutex::default(),
            closed: AtomicBool::new(false),
            changes: RwLock::default(),
            number_of_threads: AtomicU64::new(0),
        })
    }

    /// The settings.
    pub fn options(&self) -> &PostgresOptions {
        &self.options
    }

    /// A connection that may have other reads in flight: for reads that are bound to be short, never for a write or a
    /// transaction.
    pub async fn shared(self: &Arc<Self>, schema: &str) -> Result<Rc<Connection>, ConnectorError> {
        let (lane, service) = self.lane(schema)?;
        let mut shared = lane.shared.lock().await;
        let changes = self.changes_of(service);
        if let Some(connection) = shared.as_ref().filter(|connection| connection.is_usable(service, changes, &lane)) {
            return Ok(connection.clone());
        }
        let mut connection = self.exclusive_in(&lane, service).await?;
        connection.is_shared = true;
        let connection = Rc::new(connection);
        *shared = Some(connection.clone());
        Ok(connection)
    }

    /// A connection for one request alone.
    pub async fn exclusive(self: &Arc<Self>, schema: &str) -> Result<Connection, ConnectorError> {
        let (lane, service) = self.lane(schema)?;
        self.exclusive_in(&lane, service).await
    }

    async fn exclusive_in(&self, lane: &Lane, service: u64) -> Result<Connection, ConnectorError> {
        loop {
            let client = lane.pool.get().await.map_err(unavailable)?;
            let knowledge = lane.knowledge(&client);
            let encrypted =
                (self.session.get_ssl_mode() != SslMode::Disable).then_some(self.options.verify_certificate);
            let connection = Connection { client: Some(client), knowledge, encrypted, is_shared: false };
            if connection.is_usable(service, self.changes_of(service), lane) {
                return Ok(connection);
            }
            connection.retire();
        }
    }

    /// Says that the tables of a service were changed, so that nothing that was prepared for them is used again: a
    /// parameter of the old type would turn the new value into another one, or into null.
    pub fn changed(&self, schema: &str) {
        *self.changes.write().entry(self.hasher.hash_one(schema)).or_default() += 1;
    }

    fn changes_of(&self, service: u64) -> u64 {
        self.changes.read().get(&service).copied().unwrap_or_default()
    }

    /// This thread's lane for a service, and the service's number.
    fn lane(self: &Arc<Self>, schema: &str) -> Result<(Rc<Lane>, u64), ConnectorError> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(ConnectorError::Unavailable("the connections are closed".to_owned()));
        }
        let service = self.hasher.hash_one(schema);
        OF_THREAD.with_borrow_mut(|of_thread| {
            if !of_thread.contains_key(&self.number) {
                of_thread.retain(|_, (connector, _)| connector.strong_count() > 0);
                let lanes = (0..self.options.lanes.max(1)).map(|_| self.open_lane()).collect::<Result<_, _>>()?;
                if self.number_of_threads.fetch_add(1, Ordering::Relaxed) == 0 {
                    self.tidy_up_from_now_on();
                }
                of_thread.insert(self.number, (Arc::downgrade(self), lanes));
            }
            let (_, lanes) = &of_thread[&self.number];
            Ok((lanes[service as usize % lanes.len()].clone(), service))
        })
    }

    fn open_lane(&self) -> Result<Rc<Lane>, ConnectorError> {
        let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match self.options.encryption() {
            None => Manager::from_config(self.session.clone(), NoTls, manager_config),
            Some(encryption) => Manager::from_config(self.session.clone(), encryption, manager_config),
        };
        let time = Some(self.options.connect_time);
        let pool = Pool::builder(manager)
            // One more for the shared connection.
            .max_size(self.options.connections_per_lane + 1)
            .timeouts(Timeouts { wait: time, create: time, recycle: time })
            .runtime(Runtime::Tokio1)
            .queue_mode(deadpool_postgres::QueueMode::Lifo)
            .build()
            .map_err(|error| ConnectorError::Unavailable(error.to_string()))?;
        self.pools.lock().push(pool.clone());
        Ok(Rc::new(Lane {
            pool,
            shared: tokio::sync::Mutex::default(),
            known: RefCell::default(),
            statements_max: self.options.statements_max,
            services_max: self.options.services_max,
        }))
    }

    /// Closes connections that nobody used for the configured time, again and again.
    fn tidy_up_from_now_on(self: &Arc<Self>) {
        let (lanes, time) = (Arc::downgrade(self), self.options.idle_time);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(time).await;
                let Some(lanes) = lanes.upgrade() else { return };
                for pool in lanes.pools.lock().iter() {
                    pool.retain(|_, metrics| metrics.last_used() < time);
                }
            }
        });
    }

    /// Closes every connection; those in use when they are given back.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        for pool in self.pools.lock().drain(..) {
            pool.close();
        }
    }
}

fn unavailable(error: PoolError) -> ConnectorError {
    match error {
        PoolError::Backend(error) => match failure::failure(error) {
            ConnectorError::Database(text) => ConnectorError::Unavailable(text),
            other => other,
        },
        PoolError::Timeout(_) => {
            ConnectorError::Unavailable("no connection to Postgres became free in time".to_owned())
        }
        other => ConnectorError::Unavailable(other.to_string()),
    }
}

impl Lane {
    fn knowledge(&self, client: &Object) -> Rc<Knowledge> {
        let mut known = self.known.borrow_mut();
        let cache = &client.statement_cache;
        if let Some((_, knowledge)) = known.iter().find(|(of, _)| Arc::ptr_eq(of, cache)) {
            return knowledge.clone();
        }
        // A handle that only this list has belongs to a connection that is gone. The pool keeps one weak handle more.
        known.retain(|(of, _)| Arc::strong_count(of) > 1);
        let knowledge = Rc::new(Knowledge {
            statements: RefCell::new(Statements::new(self.statements_max)),
            services: RefCell::default(),
            running: Cell::new(false),
        });
        known.push((cache.clone(), knowledge.clone()));
        knowledge
    }
}

impl Knowledge {
    /// The statement of a text, if it is prepared.
    pub fn get(&self, text: &str) -> Option<Statement> {
        self.statements.borrow_mut().get(text)
    }

    /// Keeps a statement that was prepared.
    pub fn keep(&self, text: Arc<str>, statement: Statement) {
        self.statements.borrow_mut().keep(text, statement);
    }
}

impl Connection {
    /// What is prepared on it.
    pub fn knowledge(&self) -> Rc<Knowledge> {
        self.knowledge.clone()
    }

    /// The client of the driver.
    pub fn client(&self) -> &Client {
        self.client.as_deref().map(|wrapper| &**wrapper).expect("a connection has its client until it is dropped")
    }

    /// The client of the driver, for a transaction.
    pub fn client_mut(&mut self) -> &mut Client {
        self.client
            .as_deref_mut()
            .map(|wrapper| &mut **wrapper)
            .expect("a connection has its client until it is dropped")
    }

    /// Whether it lives and may serve this service too, whose tables were changed so often. If what is prepared may be
    /// older, that is forgotten.
    fn is_usable(&self, service: u64, changes: u64, lane: &Lane) -> bool {
        if self.client().is_closed() {
            return false;
        }
        let mut services = self.knowledge.services.borrow_mut();
        match services.get(&service) {
            Some(seen) if *seen == changes => return true,
            Some(_) => self.knowledge.statements.borrow_mut().clear(),
            None if services.len() >= lane.services_max => return false,
            None => {}
        }
        services.insert(service, changes);
        true
    }

    /// Closes it instead of giving it back.
    pub fn retire(mut self) {
        drop(self.client.take().map(Object::take));
    }

    /// The statement of a text, prepared on this connection when it is first needed.
    /// It is kept unless its text is of a kind that there are too many of.
    pub async fn statement(&self, text: &Arc<str>, is_kept: bool) -> Result<Statement, tokio_postgres::Error> {
        if let Some(statement) = self.knowledge.get(text) {
            return Ok(statement);
        }
        let statement = self.client().prepare(text).await?;
        if is_kept {
            self.knowledge.keep(text.clone(), statement.clone());
        }
        Ok(statement)
    }

    /// Forgets the statement of a text.
    pub fn forget(&self, text: &str) {
        self.knowledge.statements.borrow_mut().forget(text);
    }

    /// While the guard lives, dropping this connection stops what runs on it.
    pub fn runs(&self) -> Running {
        self.knowledge.running.set(true);
        Running(self.knowledge.clone())
    }
}

/// A statement runs; finished when this is told so.
pub struct Running(Rc<Knowledge>);

impl Running {
    /// It has ended.
    pub fn finished(self) {
        self.0.running.set(false);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else { return };
        if self.is_shared || !self.knowledge.running.replace(false) {
            return;
        }
        let (token, encrypted) = (client.cancel_token(), self.encrypted);
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            // Best effort: the server's time limit ends the statement in any case.
            let _ = match encrypted {
                None => token.cancel_query(NoTls).await,
                Some(verify) => token.cancel_query(tls::connector(verify)).await,
            };
            drop(client);
        });
    }
}
