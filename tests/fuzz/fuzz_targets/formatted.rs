#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| dnsctl_fuzz_properties::config::formatted(octets));
