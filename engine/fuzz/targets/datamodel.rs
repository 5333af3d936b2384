//! libFuzzer's way into the target `datamodel`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::datamodel::take(bytes));
