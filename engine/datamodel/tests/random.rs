//! Whatever the text, there is an answer and no panic; and a model that comes out is one that can be deployed and kept.

mod composition;
mod mutation;

use std::{collections::HashSet, path::Path};

use composition::composed;
use datamodel::{Datamodel, Field, FieldKind, RelationId, RelationStorage, Rules, Side, compile, stored};
use mutation::{Numbers, base_seed, case_texts, mutated};

fn compiled(text: &str, previous: Option<&Datamodel>) -> Option<Datamodel> {
    let mut count = previous.map_or(0, |previous| previous.models.len());
    let mut new_id = || {
        count += 1;
        format!("c{count}")
    };
    compile(text, previous, &Rules::default(), &mut new_id).ok().map(|compiled| compiled.datamodel)
}

#[test]
fn mutated_texts_have_an_answer() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let (base, texts) = (base_seed(), case_texts(&cases));
    let mut accepted = 0;
    for round in 0..20_000 {
        let seed = base.wrapping_add(round);
        let mut numbers = Numbers::new(seed);
        let original = &texts[numbers.below(texts.len())];
        let text = mutated(original, &mut numbers);
        if let Some(datamodel) = compiled(&text, None) {
            accepted += 1;
            check(&datamodel, &format!("seed {seed}:\n{text}"));
        }
    }
    println!("{accepted} of 20000 accepted");
    assert!(accepted > 300, "seed {base}: the changes are too wild");
}

#[test]
fn composed_models_are_sound() {
    let base = base_seed();
    let mut accepted = 0;
    for round in 0..20_000 {
        let seed = base.wrapping_add(round);
        let mut numbers = Numbers::new(seed);
        let (text, next) = (composed(&mut numbers), composed(&mut numbers));
        let Some(datamodel) = compiled(&text, None) else { continue };
        accepted += 1;
        let context = format!("seed {seed}:\n{text}");
        check(&datamodel, &context);
        assert_eq!(compiled(&text, Some(&datamodel)).as_ref(), Some(&datamodel), "deployed again, {context}");
        if let Some(next_model) = compiled(&next, Some(&datamodel)) {
            check(&next_model, &format!("{context}\nthen\n{next}"));
        }
    }
    println!("{accepted} of 20000 accepted");
    assert!(accepted > 1000, "seed {base}: too few of the models are accepted");
}

/// What everybody relies on.
fn check(datamodel: &Datamodel, context: &str) {
    let mut tables = HashSet::new();
    let mut claim = |name: &str| assert!(tables.insert(name.to_lowercase()), "table {name} twice, {context}");
    for (id, model) in datamodel.models() {
        claim(model.table());
        assert_eq!(
            datamodel.fields(id).filter(|(_, field)| field.is_id()).count(),
            1,
            "ids of {}, {context}",
            model.name
        );
        let mut columns = HashSet::new();
        for (field_id, field) in datamodel.fields(id) {
            assert!(
                field.is_hidden || field.name.len() <= 63 && field.column().len() <= 63,
                "{}, {context}",
                field.name
            );
            assert!(!(field.is_list && (field.is_required || field.is_unique)), "{}, {context}", field.name);
            if field.is_scalar_list() {
                claim(&model.list_table(field));
            }
            if field.has_column() || is_stored_inline(datamodel, field) {
                assert!(columns.insert(field.column().to_lowercase()), "column {} twice, {context}", field.column());
            }
            if field.is_relation() {
                let back = datamodel.opposite(field_id).and_then(|opposite| datamodel.opposite(opposite));
                assert_eq!(back, Some(field_id), "{}, {context}", field.name);
            }
        }
    }
    for (position, relation) in datamodel.relations.iter().enumerate() {
        match &relation.storage {
            RelationStorage::Table { table, column_a, column_b, .. } => {
                claim(table);
                assert_ne!(column_a, column_b, "{}, {context}", relation.name);
            }
            RelationStorage::Inline { side, column } => {
                let holder = datamodel.relation_field(RelationId(position as u32), *side).map(|id| datamodel.field(id));
                let holds = |field: &Field| !field.is_list && !field.is_hidden && field.column() == column;
                assert!(holder.is_some_and(holds), "{}, {context}", relation.name);
            }
        }
    }
    let ids: HashSet<_> = datamodel.models.iter().map(|model| &model.stable_identifier).collect();
    assert_eq!(ids.len(), datamodel.models.len(), "identities, {context}");
    assert_eq!(stored::from_json(&stored::to_json(datamodel)).as_ref(), Ok(datamodel), "stored, {context}");
}

fn is_stored_inline(datamodel: &Datamodel, field: &Field) -> bool {
    let FieldKind::Relation { relation, side, .. } = field.kind else { return false };
    let stored: Option<Side> = match &datamodel.relation(relation).storage {
        RelationStorage::Inline { side, .. } => Some(*side),
        RelationStorage::Table { .. } => None,
    };
    stored == Some(side)
}
