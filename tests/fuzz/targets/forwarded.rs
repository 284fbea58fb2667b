#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| coracle::fuzz::forwarded(bytes));
