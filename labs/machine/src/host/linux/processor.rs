//! What processor this is, as the kernel keeps it (arch/x86/kernel/cpu/common.c, get_cpu_cap).

use std::arch::x86_64::{__cpuid_count, __get_cpuid_max, _xgetbv};

use abi::offsets::cpuinfo_x86 as offset;

/// A bit of `x86_capability`: word and bit as arch/x86/include/asm/cpufeatures.h numbers them.
type Feature = (usize, u32);

/// Features that need the upper halves of the vector registers to be kept: avx, fma, f16c, xop, fma4, avx2, vaes,
/// vpclmulqdq, avx_vnni.
const NEED_AVX: [Feature; 9] =
    [(4, 28), (4, 12), (4, 29), (6, 11), (6, 16), (9, 5), (16, 9), (16, 10), (12, 4)];
/// Those that need the opmask registers and the rest of zmm: avx512 f, dq, ifma, cd, bw, vl, vbmi, vbmi2, vnni, bitalg,
/// vpopcntdq.
const NEED_AVX512: [Feature; 11] =
    [(9, 16), (9, 17), (9, 21), (9, 28), (9, 30), (9, 31), (16, 1), (16, 6), (16, 11), (16, 12), (16, 14)];
/// Linux's own: rep_good, always, nopl.
const LINUX: [Feature; 3] = [(3, 16), (3, 21), (3, 20)];

/// A `struct cpuinfo_x86` for this processor.
pub(crate) fn processor(loops_per_jiffy: u64) -> Vec<u8> {
    let mut bytes = vec![0; offset::SIZE];
    let mut put = |at: usize, value: &[u8]| {
        if let Some(place) = bytes.get_mut(at..at + value.len()) {
            place.copy_from_slice(value);
        }
    };
    let (highest, id) = (__get_cpuid_max(0).0, __cpuid_count(0, 0));
    let signature = __cpuid_count(1, 0);
    let family = signature.eax >> 8 & 0xf;
    let family = if family == 15 { family + (signature.eax >> 20 & 0xff) } else { family };
    let model = signature.eax >> 4 & 0xf | signature.eax >> 12 & 0xf0;
    let vendor: Vec<u8> = [id.ebx, id.edx, id.ecx].into_iter().flat_map(u32::to_le_bytes).collect();
    put(offset::FAMILY, &[family as u8]);
    // X86_VENDOR_AMD is 2, X86_VENDOR_INTEL is 0.
    put(offset::VENDOR, &[if vendor == b"AuthenticAMD" { 2 } else { 0 }]);
    put(offset::MODEL, &[model as u8]);
    put(offset::STEPPING, &[(signature.eax & 0xf) as u8]);
    put(offset::CPUID_LEVEL, &highest.to_le_bytes());
    put(offset::VENDOR_ID, &vendor);
    put(offset::CACHE_ALIGNMENT, &64u32.to_le_bytes());
    put(offset::LOOPS_PER_JIFFY, &loops_per_jiffy.to_le_bytes());
    put(offset::MAX_CORES, &1u16.to_le_bytes());
    put(offset::CLFLUSH_SIZE, &64u16.to_le_bytes());
    for (word, bits) in capabilities().into_iter().enumerate() {
        put(offset::CAPABILITY + 4 * word, &bits.to_le_bytes());
    }
    bytes
}

/// The words of `x86_capability`, without what the host does not let programs use.
fn capabilities() -> [u32; 24] {
    let leaf = |leaf: u32, subleaf: u32| {
        let there = leaf <= __get_cpuid_max(leaf & 0x8000_0000).0;
        there.then(|| __cpuid_count(leaf, subleaf))
    };
    let mut words = [0; 24];
    let mut take = |word: usize, from: Option<u32>| {
        if let Some(place) = words.get_mut(word) {
            *place |= from.unwrap_or(0);
        }
    };
    let one = leaf(1, 0);
    take(0, one.map(|one| one.edx));
    take(4, one.map(|one| one.ecx));
    let extended = leaf(0x8000_0001, 0);
    take(1, extended.map(|extended| extended.edx));
    take(6, extended.map(|extended| extended.ecx));
    let seven = leaf(7, 0);
    take(9, seven.map(|seven| seven.ebx));
    take(16, seven.map(|seven| seven.ecx));
    take(18, seven.map(|seven| seven.edx));
    take(10, leaf(0xd, 1).map(|state| state.eax));
    take(12, leaf(7, 1).map(|more| more.eax));
    take(13, leaf(0x8000_0008, 0).map(|more| more.ebx));
    for (word, bit) in LINUX {
        take(word, Some(1 << bit));
    }
    let state = kept_state();
    for (mask, features) in [(0x6, &NEED_AVX[..]), (0xe6, &NEED_AVX512[..])] {
        for &(word, bit) in features.iter().filter(|_| state & mask != mask) {
            if let Some(place) = words.get_mut(word) {
                *place &= !(1 << bit);
            }
        }
    }
    words
}

/// XCR0: which registers the host saves and restores.
fn kept_state() -> u64 {
    #[target_feature(enable = "xsave")]
    fn read() -> u64 {
        // SAFETY: only called where the host has switched XSAVE on.
        unsafe { _xgetbv(0) }
    }
    const OSXSAVE: u32 = 1 << 27;
    if __cpuid_count(1, 0).ecx & OSXSAVE == 0 {
        return 0;
    }
    // SAFETY: OSXSAVE says that the processor has the instruction and the host permits it.
    unsafe { read() }
}
