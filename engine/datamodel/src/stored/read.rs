//! JSON -> model.

use serde_json::Value;

use super::{StoredError, default};
use crate::fixed_names;
use crate::model::{
    Behaviour, Datamodel, EnumId, EnumType, Field, FieldId, FieldKind, IdStrategy, Model, ModelId, OnDelete, Relation,
    RelationId, RelationStorage, ScalarType, Sequence, Side, Version,
};

/// The language of the datamodel that a JSON form was made of.
pub fn version(json: &Value) -> Version {
    if json["version"].is_null() { Version::V1 } else { Version::V11 }
}

/// The model of a JSON form.
pub fn from_json(json: &Value) -> Result<Datamodel, StoredError> {
    let root = Node { json, path: String::new() };
    let mut datamodel = Datamodel { version: version(json), ..Datamodel::default() };
    for node in root.list("enums")? {
        datamodel.enums.push(read_enum(&node)?);
    }
    let models = root.list("models")?;
    for node in &models {
        if node.json["isEmbedded"] == true {
            return Err(node.wrong("embedded types are not supported"));
        }
        datamodel.models.push(Model {
            name: node.text("name")?,
            database_name: database_name(node),
            stable_identifier: node.text("stableIdentifier")?,
            fields: Vec::new(),
        });
    }
    let relations = root.list("relations")?;
    for node in &relations {
        datamodel.relations.push(read_relation(&datamodel, node)?);
    }
    for (position, node) in models.iter().enumerate() {
        let fields = node.list("fields")?;
        let fields = fields.iter().map(|node| read_field(&datamodel, node)).collect::<Result<Vec<_>, _>>()?;
        datamodel.models[position].fields = fields;
    }
    for (position, node) in relations.iter().enumerate() {
        let relation = RelationId(position as u32);
        if [Side::A, Side::B].into_iter().any(|side| datamodel.relation_field(relation, side).is_none()) {
            return Err(node.wrong("a field is missing at one of its ends"));
        }
        settle_side(&mut datamodel, relation, node);
        name_column(&mut datamodel, relation);
    }
    match datamodel.models.iter().position(|model| !model.fields.iter().any(Field::is_id)) {
        Some(position) => Err(models[position].wrong("the model has no id")),
        None => Ok(datamodel),
    }
}

/// A place in the JSON.
struct Node<'a> {
    json: &'a Value,
    path: String,
}

impl<'a> Node<'a> {
    fn wrong(&self, problem: impl Into<String>) -> StoredError {
        StoredError { path: self.path.clone(), problem: problem.into() }
    }

    fn key(&self, key: &str) -> Node<'a> {
        let dot = if self.path.is_empty() { "" } else { "." };
        Node { json: &self.json[key], path: format!("{}{dot}{key}", self.path) }
    }

    fn list(&self, key: &str) -> Result<Vec<Node<'a>>, StoredError> {
        let node = self.key(key);
        let values = node.json.as_array().ok_or_else(|| node.wrong("not a list"))?;
        let item = |(position, json)| Node { json, path: format!("{}[{position}]", node.path) };
        Ok(values.iter().enumerate().map(item).collect())
    }

    fn text(&self, key: &str) -> Result<String, StoredError> {
        self.optional_text(key).ok_or_else(|| self.key(key).wrong("not a string"))
    }

    fn optional_text(&self, key: &str) -> Option<String> {
        self.json[key].as_str().map(str::to_owned)
    }

    fn flag(&self, key: &str) -> Result<bool, StoredError> {
        self.json[key].as_bool().ok_or_else(|| self.key(key).wrong("not a boolean"))
    }
}

fn database_name(node: &Node<'_>) -> Option<String> {
    node.key("manifestation").optional_text("dbName")
}

fn read_enum(node: &Node<'_>) -> Result<EnumType, StoredError> {
    let values = node.list("values")?;
    let values =
        values.iter().map(|value| value.json.as_str().map(str::to_owned).ok_or_else(|| value.wrong("not a string")));
    Ok(EnumType { name: node.text("name")?, values: values.collect::<Result<_, _>>()? })
}

fn model_named(datamodel: &Datamodel, node: &Node<'_>, key: &str) -> Result<ModelId, StoredError> {
    datamodel.model_named(&node.text(key)?).ok_or_else(|| node.key(key).wrong("there is no such model"))
}

fn read_relation(datamodel: &Datamodel, node: &Node<'_>) -> Result<Relation, StoredError> {
    let on_delete = |key| match node.json[key].as_str() {
        Some("CASCADE") => OnDelete::Cascade,
        _ => OnDelete::SetNull,
    };
    let name = node.text("name")?;
    let (model_a, model_b) = (model_named(datamodel, node, "modelAId")?, model_named(datamodel, node, "modelBId")?);
    let storage = node.key("manifestation");
    let storage = match storage.optional_text("relationManifestationType").as_deref() {
        Some("inline") => {
            let owner = model_named(datamodel, &storage, "inTableOfModelId")?;
            if owner != model_a && owner != model_b {
                return Err(storage.wrong("the column is in another model"));
            }
            let side = if owner == model_a { Side::A } else { Side::B };
            RelationStorage::Inline { side, column: storage.text("referencingColumn")? }
        }
        Some("relation_table") => RelationStorage::Table {
            table: storage.text("table")?,
            column_a: storage.text("modelAColumn")?,
            column_b: storage.text("modelBColumn")?,
            id_column: storage.optional_text("idColumn"),
        },
        Some(_) => return Err(storage.wrong("unknown kind of storage")),
        None => RelationStorage::Table {
            table: format!("_{name}"),
            column_a: "A".to_owned(),
            column_b: "B".to_owned(),
            id_column: Some("id".to_owned()),
        },
    };
    let (on_delete_a, on_delete_b) = (on_delete("modelAOnDelete"), on_delete("modelBOnDelete"));
    Ok(Relation { name, model_a, model_b, on_delete_a, on_delete_b, storage })
}

fn read_field(datamodel: &Datamodel, node: &Node<'_>) -> Result<Field, StoredError> {
    let name = node.text("name")?;
    let kind = read_kind(datamodel, node)?;
    let is_list = node.flag("isList")?;
    let behaviour = match node.json["behaviour"].is_null() {
        true if datamodel.version == Version::V1 => fixed_names::behaviour(&name, kind, is_list),
        true => None,
        false => Some(read_behaviour(&node.key("behaviour"))?),
    };
    let default = node.key("defaultValue");
    let is_id = matches!(behaviour, Some(Behaviour::Id { .. }));
    Ok(Field {
        database_name: database_name(node).filter(|_| !matches!(kind, FieldKind::Relation { .. })),
        is_required: node.flag("isRequired")?,
        is_unique: node.flag("isUnique")? || is_id,
        is_hidden: node.flag("isHidden")?,
        default: match default.json {
            Value::Null => None,
            json => default::read(json).map_err(|problem| default.wrong(problem))?,
        },
        name,
        kind,
        is_list,
        behaviour,
    })
}

fn read_kind(datamodel: &Datamodel, node: &Node<'_>) -> Result<FieldKind, StoredError> {
    let type_identifier = node.text("typeIdentifier")?;
    match type_identifier.as_str() {
        "GraphQLID" => Ok(FieldKind::Scalar(ScalarType::Id)),
        "Enum" => {
            let name = node.key("enum").text("name")?;
            let position = datamodel.enums.iter().position(|enum_type| enum_type.name == name);
            let position = position.ok_or_else(|| node.key("enum").wrong("there is no such enum"))?;
            Ok(FieldKind::Enum(EnumId(position as u32)))
        }
        "Relation" => {
            // Older servers stored the relation itself.
            let name = node.key("relation").optional_text("name").or_else(|| node.optional_text("relationName"));
            let position = datamodel.relations.iter().position(|relation| Some(&relation.name) == name.as_ref());
            let position = position.ok_or_else(|| node.key("relationName").wrong("there is no such relation"))?;
            let side = match node.json["relationSide"].as_str() {
                Some("A") => Side::A,
                Some("B") => Side::B,
                _ => return Err(node.key("relationSide").wrong("neither A nor B")),
            };
            let relation = RelationId(position as u32);
            Ok(FieldKind::Relation { relation, side, target: datamodel.relation_model(relation, side.opposite()) })
        }
        name => ScalarType::named(name)
            .map(FieldKind::Scalar)
            .ok_or_else(|| node.key("typeIdentifier").wrong(format!("unknown type `{name}`"))),
    }
}

fn read_behaviour(node: &Node<'_>) -> Result<Behaviour, StoredError> {
    match node.json["type"].as_str() {
        Some("createdAt") => Ok(Behaviour::CreatedAt),
        Some("updatedAt") => Ok(Behaviour::UpdatedAt),
        Some("scalarList") if node.json["strategy"] == "Relation" => Ok(Behaviour::ScalarList),
        Some("id") => {
            let strategy = match node.json["strategy"].as_str() {
                Some("Auto") => IdStrategy::Auto,
                Some("None") => IdStrategy::None,
                Some("Sequence") => IdStrategy::Sequence,
                _ => return Err(node.key("strategy").wrong("unknown strategy")),
            };
            let sequence = node.key("sequence");
            let number = |key| sequence.json[key].as_i64().ok_or_else(|| sequence.key(key).wrong("not a number"));
            let sequence = match sequence.json {
                Value::Null => None,
                _ => Some(Sequence {
                    name: sequence.text("name")?,
                    initial_value: number("initialValue")?,
                    allocation_size: number("allocationSize")?,
                }),
            };
            Ok(Behaviour::Id { strategy, sequence })
        }
        _ => Err(node.wrong("unknown behaviour")),
    }
}

/// The side of the column of a relation of a model with itself. Prisma 1 does not store it: with one visible field it is
/// that field's; with two it is B, unless that is a list, which no column holds.
fn settle_side(datamodel: &mut Datamodel, relation: RelationId, node: &Node<'_>) {
    let Relation { model_a, model_b, .. } = *datamodel.relation(relation);
    let is_candidate = |side| {
        let field = datamodel.relation_field(relation, side).map(|id| datamodel.field(id));
        field.is_some_and(|field| !field.is_hidden && !field.is_list)
    };
    let stored = match node.key("manifestation").json["side"].as_str() {
        Some("A") => Side::A,
        Some("B") => Side::B,
        _ if is_candidate(Side::B) => Side::B,
        _ => Side::A,
    };
    if let RelationStorage::Inline { side, .. } = &mut datamodel.relations[relation.0 as usize].storage
        && model_a == model_b
    {
        *side = stored;
    }
}

/// A relation field with a column has the column's name.
fn name_column(datamodel: &mut Datamodel, relation: RelationId) {
    let RelationStorage::Inline { side, column } = datamodel.relation(relation).storage.clone() else { return };
    let Some(FieldId { model, index }) = datamodel.relation_field(relation, side) else { return };
    let field = &mut datamodel.models[model.0 as usize].fields[index as usize];
    field.database_name = (field.name != column).then_some(column);
}
