//! Layouts × operations. Cases are data: a datamodel, mutations as a client writes them, and what is stored after.

mod matrix;
mod plans;
mod service;

use service::Service;
