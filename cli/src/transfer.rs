//! A service's data as files: folders `nodes`, `lists` and `relations` with `000001.json` and so on in each, which is what
//! `prisma1 export` packs into its archive and `prisma1 import` takes.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};
use std::{
    borrow::Cow,
    fmt, fs, io,
    path::{Path, PathBuf},
};

/// What there is, in the order in which it can be imported.
pub const KINDS: [&str; 3] = ["nodes", "lists", "relations"];

/// How many elements of each kind went over, and their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    elements: [u64; 3],
    bytes: u64,
}

/// A file. Its elements stay the text that they are: a number read and written again could lose digits.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    value_type: Cow<'a, str>,
    #[serde(borrow)]
    values: Vec<&'a RawValue>,
}

/// The name of a file.
pub fn file_name(number: usize) -> String {
    format!("{number:06}.json")
}

/// The text of a file.
pub fn file(kind: &str, elements: &[&RawValue]) -> serde_json::Result<String> {
    serde_json::to_string(&File { value_type: kind.into(), values: elements.to_vec() })
}

/// How many elements a file holds; none when it is no such file.
pub fn elements(text: &[u8]) -> Option<u64> {
    serde_json::from_slice::<File<'_>>(text).ok().map(|file| file.values.len() as u64)
}

/// The files below a folder with their kinds, in the order in which they can be imported.
pub fn files(folder: &Path) -> io::Result<Vec<(&'static str, PathBuf)>> {
    let mut files = Vec::new();
    for kind in KINDS {
        let entries = match fs::read_dir(folder.join(kind)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let paths: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
        let mut paths = paths?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        paths.sort();
        files.extend(paths.into_iter().map(|path| (kind, path)));
    }
    Ok(files)
}

impl Tally {
    /// Counts a file of that kind.
    pub fn add(&mut self, kind: &str, elements: u64, bytes: usize) {
        if let Some(place) = KINDS.iter().position(|known| *known == kind) {
            self.elements[place] += elements;
        }
        self.bytes += bytes as u64;
    }

    /// For scripts.
    pub fn to_json(&self) -> Value {
        let [nodes, lists, relations] = self.elements;
        json!({ "nodes": nodes, "lists": lists, "relations": relations, "bytes": self.bytes })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [nodes, lists, relations] = self.elements;
        let megabytes = self.bytes as f64 / 1_000_000.0;
        write!(f, "{nodes} nodes, {lists} lists, {relations} relations, {megabytes:.1} MB")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_counts_files_by_their_kind() {
        let element = RawValue::from_string("{\"a\":1.50}".to_owned()).unwrap();
        let text = file("lists", &[&element, &element]).unwrap();
        assert_eq!(text, r#"{"valueType":"lists","values":[{"a":1.50},{"a":1.50}]}"#);
        let mut tally = Tally::default();
        tally.add("nodes", 7, 1_000_000);
        tally.add("lists", elements(text.as_bytes()).unwrap(), text.len());
        assert_eq!(tally.to_string(), "7 nodes, 2 lists, 0 relations, 1.0 MB");
        assert_eq!(tally.to_json(), json!({ "nodes": 7, "lists": 2, "relations": 0, "bytes": 1_000_054 }));
        assert_eq!((elements(b"{}"), file_name(12)), (None, "000012.json".to_owned()));
    }
}
