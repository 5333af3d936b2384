//! libFuzzer's way into the target `route`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::route::take(bytes));
