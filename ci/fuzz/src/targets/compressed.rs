//! Compressed modules.

use crate::Target;

pub(super) const TARGET: Target =
    Target { name: "compressed", about: "a .ko.gz, .ko.xz or .ko.zst", is_module: false, run, seeds };

fn run(data: &[u8]) {
    const LIMIT: usize = 1 << 20;
    if let Ok(module) = abi::decompress_within(data, LIMIT) {
        assert!(module.len() <= LIMIT.max(data.len()));
    }
}

/// `Hello, kernel.`, as gzip, xz and zstd write it.
fn seeds() -> Vec<Vec<u8>> {
    let hexadecimal = [
        "1f8b0800000000000203f348cdc9c9d751c84e2dca4bcdd10300e105afa80e000000",
        "fd377a585a0000016922de360200210116000000742fe5a301000d48656c6c6f2c206b65726e656c2e000000e105afa80001220e0cde8c609042990d010000000001595a",
        "28b52ffd200e71000048656c6c6f2c206b65726e656c2e",
    ];
    let pair = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    hexadecimal.iter().map(|digits| digits.as_bytes().chunks(2).filter_map(pair).collect()).collect()
}
