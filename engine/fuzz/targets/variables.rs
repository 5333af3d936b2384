//! libFuzzer's way into the target `variables`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::variables::take(bytes));
