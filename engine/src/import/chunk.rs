//! A request's body as a chunk: what can be stored, and what is to be said of elements that cannot.
//!
//! Nothing becomes a tree of JSON: elements are read one by one from the text, and what they hold is bounded by number, so
//! that a body of a few bytes an element takes no multiple of itself.

use super::values::{self, Wrong};
use connector_interface::{ImportChunk, ImportContent, ImportLink, ImportList, ImportNode, Refusals, Value};
use datamodel::{Behaviour, Datamodel, Field, FieldId, FieldKind, ModelId, ScalarType, Side};
use region_config::limits::{IMPORT_ELEMENTS_MAX, IMPORT_ITEMS_MAX};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{borrow::Cow, collections::BTreeMap, fmt};

const FORM: &str = r#"an import is {"valueType":"nodes","values":[…]}, with nodes, lists or relations"#;

/// What was read.
pub(super) struct ReadChunk {
    pub chunk: ImportChunk,
    /// Elements that are not in it.
    pub refusals: Refusals,
}

#[derive(Deserialize)]
#[serde(expecting = "an import")]
struct Bundle<'a> {
    #[serde(rename = "valueType", borrow)]
    value_type: Cow<'a, str>,
    #[serde(borrow)]
    values: Elements<'a>,
}

/// Reads a body; `Err` says why nothing of it can be stored.
pub(super) fn read(datamodel: &Datamodel, body: &[u8]) -> Result<ReadChunk, String> {
    let Bundle { value_type, values: Elements(values) } =
        serde_json::from_slice(body).map_err(|error| format!("{FORM}: {error}"))?;
    let mut refusals = Refusals::default();
    let reader = Reader { datamodel };
    let content = match &*value_type {
        "nodes" => ImportContent::Nodes(reader.nodes(&values, &mut refusals)?),
        "lists" => ImportContent::Lists(reader.lists(&values)?),
        "relations" => ImportContent::Links(reader.all(&values, |element, raw| reader.link(element, raw))?),
        _ => return Err(FORM.to_owned()),
    };
    Ok(ReadChunk { chunk: ImportChunk { fingerprint: fingerprint(body), content }, refusals })
}

/// The same for the same bytes, in every process and version: FNV-1a.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

struct Reader<'d> {
    datamodel: &'d Datamodel,
}

impl Reader<'_> {
    fn all<'a, T>(
        &self,
        values: &[&'a RawValue],
        read: impl Fn(usize, &'a RawValue) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let read = |(element, raw): (usize, &&'a RawValue)| {
            read(element, raw).map_err(|text| format!("element {}: {text}", element + 1))
        };
        values.iter().enumerate().map(read).collect()
    }

    fn nodes(&self, values: &[&RawValue], refusals: &mut Refusals) -> Result<Vec<ImportNode>, String> {
        let mut nodes = Vec::with_capacity(values.len());
        for (element, read) in self.all(values, |element, raw| self.node(element, raw))?.into_iter().enumerate() {
            match read {
                Ok(node) => nodes.push(node),
                Err(text) => refusals.add(element, || text),
            }
        }
        Ok(nodes)
    }

    /// A node, or what is to be said of it alone.
    fn node(&self, element: usize, raw: &RawValue) -> Result<Result<ImportNode, String>, String> {
        let object = Object::of(raw)?;
        let model = self.model(&object)?;
        let id_field = self.datamodel.id_field(model);
        // The id stands under `id`, whatever its field is called; where another field has that name, under its own.
        let own_name = &self.datamodel.field(id_field).name;
        let id = self.id(model, object.get(own_name).or_else(|| object.get("id")))?;
        let shown = shown(&id);
        let name = &self.datamodel.model(model).name;
        let mut values = BTreeMap::from([(id_field, id)]);
        for (key, raw) in &object.0 {
            if key == "_typeName" || key == own_name || self.is_time_that_nobody_keeps(model, key) {
                continue;
            }
            let field = self.datamodel.field_named(model, key).filter(|field| self.datamodel.field(*field).is_scalar());
            let Some(field) = field else {
                if key == "id" {
                    continue;
                }
                return Ok(Err(format!(
                    "The model {name} with id {shown} has an unknown field '{key}' in field list."
                )));
            };
            match self.leaf(field, raw) {
                Ok(value) => drop(values.insert(field, value)),
                Err(Wrong::Invalid) => {
                    return Ok(Err(format!(
                        "The model {name} with id {shown} has an invalid value for field' {key}'."
                    )));
                }
                Err(Wrong::Exception(text)) => {
                    return Ok(Err(format!(
                        "The model {name} with id {shown} produced an exception during import: {text}."
                    )));
                }
            }
        }
        Ok(Ok(ImportNode { element, model, values: values.into_iter().collect() }))
    }

    /// The value of a field of a node.
    fn leaf(&self, field: FieldId, raw: &RawValue) -> Result<Value, Wrong> {
        let declared = self.datamodel.field(field);
        if declared.is_list {
            return Err(Wrong::Invalid);
        }
        if raw.get() == "null" && matches!(declared.behaviour, Some(Behaviour::CreatedAt | Behaviour::UpdatedAt)) {
            return Ok(Value::Null);
        }
        values::leaf(self.datamodel, field, raw)
    }

    /// Exports of older servers have times that the datamodel does not declare.
    fn is_time_that_nobody_keeps(&self, model: ModelId, key: &str) -> bool {
        let managed = match key {
            "createdAt" => Behaviour::CreatedAt,
            "updatedAt" => Behaviour::UpdatedAt,
            _ => return false,
        };
        let keeps = |field: &Field| {
            field.behaviour.as_ref() == Some(&managed)
                || field.name == key && field.kind == FieldKind::Scalar(ScalarType::DateTime)
        };
        !self.datamodel.model(model).fields.iter().any(keeps)
    }

    fn lists(&self, values: &[&RawValue]) -> Result<Vec<ImportList>, String> {
        let mut left = IMPORT_ITEMS_MAX;
        let mut lists = Vec::with_capacity(values.len());
        for list in self.all(values, |element, raw| self.list_head(element, raw))? {
            let (element, field, id, raw) = list;
            let items = self.items(field, raw, &mut left).map_err(|text| format!("element {}: {text}", element + 1))?;
            lists.push(ImportList { element, field, id, items });
        }
        Ok(lists)
    }

    /// All of a list but its items.
    fn list_head<'a>(
        &self,
        element: usize,
        raw: &'a RawValue,
    ) -> Result<(usize, FieldId, Value, &'a RawValue), String> {
        let object = Object::of(raw)?;
        let model = self.model(&object)?;
        let id = self.id(model, object.get("id"))?;
        let mut fields = object.0.into_iter().filter(|(key, _)| key != "_typeName" && key != "id");
        let (Some((key, raw)), None) = (fields.next(), fields.next()) else {
            return Err("a list is {\"_typeName\":…,\"id\":…,\"FIELD\":[…]}".to_owned());
        };
        let is_list = |field: &FieldId| self.datamodel.field(*field).is_scalar_list();
        match self.datamodel.field_named(model, &key).filter(is_list) {
            Some(field) => Ok((element, field, id, raw)),
            None => Err(format!("{} has no list '{key}'", self.datamodel.model(model).name)),
        }
    }

    fn items(&self, field: FieldId, raw: &RawValue, left: &mut usize) -> Result<Vec<Value>, String> {
        let name = &self.datamodel.field(field).name;
        let failed = |raw: &RawValue| format!("conversion to GcValue for {name} and value {} failed", raw.get());
        let Items(raws) = Items::of(raw, *left)?.ok_or_else(|| failed(raw))?;
        *left -= raws.len();
        raws.iter().map(|item| values::item(self.datamodel, field, item).map_err(|_| failed(raw))).collect()
    }

    fn link(&self, element: usize, raw: &RawValue) -> Result<ImportLink, String> {
        let form =
            || "a relation is [{\"_typeName\":…,\"id\":…,\"fieldName\":…},{\"_typeName\":…,\"id\":…}]".to_owned();
        let [left, right]: [Object<'_>; 2] = serde_json::from_str(raw.get()).map_err(|_| form())?;
        let named = |object: &Object<'_>| Some(object.text("fieldName")?.into_owned());
        let (from, to, name) = match (named(&left), named(&right)) {
            (Some(name), _) => (left, right, name),
            (None, Some(name)) => (right, left, name),
            (None, None) => {
                return Err("Invalid ImportRelation at least one fieldName needs to be defined.".to_owned());
            }
        };
        let (from_model, to_model) = (self.model(&from)?, self.model(&to)?);
        let ids = (self.id(from_model, from.get("id"))?, self.id(to_model, to.get("id"))?);
        let name_of = |model: ModelId| &self.datamodel.model(model).name;
        let field = self.datamodel.field_named(from_model, &name).map(|field| self.datamodel.field(field).kind);
        let Some(FieldKind::Relation { relation, side, target }) = field else {
            return Err(format!("{} has no relation '{name}'", name_of(from_model)));
        };
        if target != to_model {
            let (from, target, to) = (name_of(from_model), name_of(target), name_of(to_model));
            return Err(format!("{from}.{name} leads to {target}, not to {to}"));
        }
        let (a, b) = if side == Side::A { ids } else { (ids.1, ids.0) };
        Ok(ImportLink { element, relation, a, b })
    }

    fn model(&self, object: &Object<'_>) -> Result<ModelId, String> {
        let name = object.text("_typeName").ok_or("there is no _typeName")?;
        self.datamodel.model_named(&name).ok_or_else(|| format!("there is no type '{name}'"))
    }

    fn id(&self, model: ModelId, raw: Option<&RawValue>) -> Result<Value, String> {
        let name = &self.datamodel.model(model).name;
        let raw = raw.ok_or_else(|| format!("{name} without an id"))?;
        match values::leaf(self.datamodel, self.datamodel.id_field(model), raw) {
            Ok(value) => Ok(value),
            Err(_) => Err(format!("{} is no id of {name}", raw.get())),
        }
    }
}

fn shown(id: &Value) -> String {
    match id {
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        _ => String::new(),
    }
}

/// The elements of a chunk, as text.
struct Elements<'a>(Vec<&'a RawValue>);

impl<'a, 'de: 'a> Deserialize<'de> for Elements<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Elements<'a>, D::Error> {
        deserializer.deserialize_seq(Raws { max: IMPORT_ELEMENTS_MAX, what: "elements" }).map(Elements)
    }
}

/// The items of a list, as text.
struct Items<'a>(Vec<&'a RawValue>);

impl<'a> Items<'a> {
    /// `None` when it is no list.
    fn of(raw: &'a RawValue, max: usize) -> Result<Option<Items<'a>>, String> {
        if !raw.get().starts_with('[') {
            return Ok(None);
        }
        let mut deserializer = serde_json::Deserializer::from_str(raw.get());
        let raws = deserializer.deserialize_seq(Raws { max, what: "list items" });
        raws.map(|raws| Some(Items(raws))).map_err(|error| error.to_string())
    }
}

/// A bounded number of values, as text.
struct Raws {
    max: usize,
    what: &'static str,
}

impl<'de> Visitor<'de> for Raws {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a list of {}", self.what)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut raws = Vec::new();
        while let Some(raw) = sequence.next_element()? {
            if raws.len() == self.max {
                return Err(A::Error::custom(format!("too many {} at once; send several chunks", self.what)));
            }
            raws.push(raw);
        }
        Ok(raws)
    }
}

/// Keys and values of an object, as text, in their order.
struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Object<'a> {
    fn of(raw: &'a RawValue) -> Result<Object<'a>, String> {
        serde_json::from_str(raw.get()).map_err(|_| "it is no object".to_owned())
    }

    /// Of a key that is there twice the last one counts.
    fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(known, _)| known == key).map(|(_, raw)| *raw)
    }

    fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        serde_json::from_str(self.get(key)?.get()).ok()
    }
}

impl<'a, 'de: 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<'a>, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Object<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Object(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}
