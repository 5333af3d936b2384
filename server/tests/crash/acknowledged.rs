//! What clients were told, in a file of their own: the judge of what may not be lost.

use crate::patient::try_post;
use serde_json::json;
use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

/// A log of intents and acknowledgements, synced line by line.
pub struct Log {
    path: PathBuf,
    file: Mutex<File>,
    next: AtomicU32,
}

impl Log {
    /// An empty log.
    pub fn new(path: PathBuf) -> Log {
        let file = Mutex::new(File::create(&path).unwrap());
        Log { path, file, next: AtomicU32::new(0) }
    }

    fn note(&self, what: &str, number: u32) {
        let mut file = self.file.lock().unwrap();
        // At once, so that whoever reads sees whole lines.
        file.write_all(format!("{what} {number}\n").as_bytes()).unwrap();
        file.sync_data().unwrap();
    }

    /// Writes to a service until told that it is over, or until nobody answers.
    pub fn write_to(&self, service: &str, over: &AtomicBool) {
        while !over.load(Ordering::SeqCst) {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            self.note("intent", number);
            let query = format!("mutation {{ createNote(data: {{ text: \"{number}\" }}) {{ text }} }}");
            let Some(answer) = try_post(service, &json!({ "query": query }), None) else { return };
            if answer["data"]["createNote"]["text"].as_str() == Some(&number.to_string()) {
                self.note("ack", number);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The numbers that were acknowledged, and those that were only meant.
    pub fn read(&self) -> (BTreeSet<u32>, BTreeSet<u32>) {
        let (mut acknowledged, mut meant) = (BTreeSet::new(), BTreeSet::new());
        for line in BufReader::new(File::open(&self.path).unwrap()).lines() {
            let line = line.unwrap();
            let (what, number) = line.split_once(' ').unwrap();
            let set = if what == "ack" { &mut acknowledged } else { &mut meant };
            set.insert(number.parse().unwrap());
        }
        (acknowledged, meant)
    }
}
