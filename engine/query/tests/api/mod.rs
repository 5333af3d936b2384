//! An API out of a datamodel's text.

use query::{Api, ApiOptions};
use std::sync::Arc;

/// More than any case needs.
const LIMITS: datamodel::Limits = datamodel::Limits { types: 200, fields_per_type: 200, fields: 2_000, enums: 200 };

/// The API of a datamodel.
pub fn api(datamodel: &str, options: ApiOptions) -> Api {
    let rules = datamodel::Rules { uuid_ids: true, limits: LIMITS };
    let mut models = 0;
    let mut new_id = || {
        models += 1;
        format!("model{models}")
    };
    let compiled = datamodel::compile(datamodel, None, &rules, &mut new_id).expect("a valid datamodel");
    Api::new(Arc::new(compiled.datamodel), options)
}
