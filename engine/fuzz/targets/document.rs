//! libFuzzer's way into the target `document`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::document::take(bytes));
