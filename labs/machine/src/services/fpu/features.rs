//! What the processor can do, as modules look it up: `boot_cpu_data`, filled from CPUID. Linux:
//! arch/x86/kernel/cpu/common.c, cpu/match.c, fpu/xstate.c.

use abi::offsets::cpuinfo_x86;

use crate::current;
use crate::exports::Table;
use crate::services::functions;

pub(super) fn register(table: &mut Table) {
    functions!(table; x86_match_cpu/1, cpu_has_xfeatures/2);
    let processor = Processor::here();
    table.data("boot_cpu_data", cpuinfo_x86::SIZE, 64, &processor.structure());
    table.per_cpu("cpu_info", cpuinfo_x86::SIZE, 64, &processor.structure());
}

/// The 32-bit words of `x86_capability` (arch/x86/include/asm/cpufeatures.h).
const WORDS: usize = 22;
/// X86_VENDOR_UNKNOWN.
const UNKNOWN_VENDOR: u8 = 0xff;
/// Word 3 is Linux's own: CONSTANT_TSC, REP_GOOD, ALWAYS, NOPL.
const LINUX: u32 = 1 << 8 | 1 << 16 | 1 << 20 | 1 << 21;
/// What needs AVX registers (bits of XCR0: SSE and AVX), by word: AVX, FMA, F16C; AVX2; VAES, VPCLMULQDQ.
const AVX: [(usize, u32); 3] = [(4, 1 << 28 | 1 << 12 | 1 << 29), (9, 1 << 5), (16, 1 << 9 | 1 << 10)];
/// What needs AVX-512's registers, by word.
const AVX512: [(usize, u32); 2] = [(9, 0xdc23_0000), (16, 0x5842)];

#[derive(Debug, Clone, PartialEq, Eq)]
struct Processor {
    vendor: u8,
    vendor_id: [u8; 12],
    /// CPUID 1, EAX.
    signature: u32,
    capability: [u32; WORDS],
}

#[cfg(target_arch = "x86_64")]
impl Processor {
    fn here() -> Processor {
        use std::arch::x86_64::{__cpuid, __cpuid_count};

        let basic = __cpuid(0);
        let extended = __cpuid(0x8000_0000).eax;
        let from = |leaf: u32, sub: u32| {
            let there = if leaf >= 0x8000_0000 { leaf <= extended } else { leaf <= basic.eax };
            if there { Some(__cpuid_count(leaf, sub)) } else { None }
        };
        let word = |leaf, sub, register: fn(std::arch::x86_64::CpuidResult) -> u32| {
            from(leaf, sub).map_or(0, register)
        };
        let mut capability = [0; WORDS];
        for (index, value) in [
            (0, word(1, 0, |it| it.edx)),
            (1, word(0x8000_0001, 0, |it| it.edx)),
            (3, LINUX),
            (4, word(1, 0, |it| it.ecx)),
            (6, word(0x8000_0001, 0, |it| it.ecx)),
            (9, word(7, 0, |it| it.ebx)),
            (10, word(0xd, 1, |it| it.eax)),
            (12, word(7, 1, |it| it.eax)),
            (13, word(0x8000_0008, 0, |it| it.ebx)),
            (14, word(6, 0, |it| it.eax)),
            (16, word(7, 0, |it| it.ecx)),
            (18, word(7, 0, |it| it.edx)),
        ] {
            capability[index] = value;
        }
        let mut vendor_id = [0; 12];
        for (place, register) in vendor_id.chunks_mut(4).zip([basic.ebx, basic.edx, basic.ecx]) {
            place.copy_from_slice(&register.to_le_bytes());
        }
        let processor = Processor {
            vendor: vendor(&vendor_id),
            vendor_id,
            signature: word(1, 0, |it| it.eax),
            capability,
        };
        processor.without(xfeatures())
    }
}

/// No module code runs on other processors.
#[cfg(not(target_arch = "x86_64"))]
impl Processor {
    fn here() -> Processor {
        Processor { vendor: UNKNOWN_VENDOR, vendor_id: [0; 12], signature: 0, capability: [0; WORDS] }
    }
}

fn vendor(id: &[u8; 12]) -> u8 {
    match id {
        b"GenuineIntel" => 0,
        b"AuthenticAMD" => 2,
        b"CentaurHauls" => 5,
        b"HygonGenuine" => 9,
        b"  Shanghai  " => 10,
        _ => UNKNOWN_VENDOR,
    }
}

/// The register files that the host's system keeps for its threads: XCR0.
#[cfg(target_arch = "x86_64")]
fn xfeatures() -> u64 {
    use std::arch::x86_64::__cpuid;

    if __cpuid(1).ecx & 1 << 27 == 0 {
        return 3;
    }
    let (low, high): (u32, u32);
    // SAFETY: OSXSAVE says that the instruction may be used.
    unsafe {
        std::arch::asm!("xgetbv", in("ecx") 0, out("eax") low, out("edx") high, options(nomem, nostack))
    };
    u64::from(high) << 32 | u64::from(low)
}

#[cfg(not(target_arch = "x86_64"))]
fn xfeatures() -> u64 {
    0
}

impl Processor {
    /// Clears what the system does not keep registers for (`fpu__init_system_xstate` clears it too).
    fn without(mut self, xfeatures: u64) -> Processor {
        let mut clear = |needed: u64, words: &[(usize, u32)]| {
            if xfeatures & needed != needed {
                words.iter().for_each(|(word, bits)| self.capability[*word] &= !bits);
            }
        };
        clear(0x6, &AVX);
        clear(0xe6, &AVX512);
        self
    }

    /// Family, model and stepping, with the extensions where they count (arch/x86/lib/cpu.c).
    fn family(&self) -> (u8, u8, u8) {
        let nibble = |shift: u32| (self.signature >> shift & 0xf) as u8;
        let base = nibble(8);
        let family = if base == 0xf { base + (self.signature >> 20) as u8 } else { base };
        let model = if base >= 6 { nibble(16) << 4 | nibble(4) } else { nibble(4) };
        (family, model, nibble(0))
    }

    /// `struct cpuinfo_x86`.
    fn structure(&self) -> [u8; cpuinfo_x86::SIZE] {
        let mut bytes = [0; cpuinfo_x86::SIZE];
        let mut put = |at: usize, field: &[u8]| bytes[at..at + field.len()].copy_from_slice(field);
        let (family, model, stepping) = self.family();
        put(cpuinfo_x86::FAMILY, &[family]);
        put(cpuinfo_x86::VENDOR, &[self.vendor]);
        put(cpuinfo_x86::MODEL, &[model]);
        put(cpuinfo_x86::STEPPING, &[stepping]);
        put(cpuinfo_x86::VENDOR_ID, &self.vendor_id);
        put(cpuinfo_x86::CLFLUSH_SIZE, &64u16.to_le_bytes());
        put(cpuinfo_x86::CACHE_ALIGNMENT, &64u32.to_le_bytes());
        put(cpuinfo_x86::MAX_CORES, &1u16.to_le_bytes());
        for (index, word) in self.capability.iter().enumerate() {
            put(cpuinfo_x86::CAPABILITY + 4 * index, &word.to_le_bytes());
        }
        bytes
    }
}

/// `struct x86_cpu_id`.
#[repr(C)]
struct CpuId {
    vendor: u16,
    family: u16,
    model: u16,
    steppings: u16,
    feature: u16,
    flags: u16,
    driver_data: u64,
}

impl CpuId {
    /// X86_VENDOR_ANY; in the other fields 0 matches anything.
    const ANY_VENDOR: u16 = 0xffff;
    /// X86_CPU_ID_FLAG_ENTRY_VALID.
    const VALID: u16 = 1;

    /// Whether it describes the processor of that `struct cpuinfo_x86`.
    fn matches(&self, processor: &[u8; cpuinfo_x86::SIZE]) -> bool {
        let byte = |at: usize| u16::from(processor[at]);
        let feature = usize::from(self.feature);
        let capability = processor.get(cpuinfo_x86::CAPABILITY + feature / 8).copied().unwrap_or(0);
        (self.vendor == CpuId::ANY_VENDOR || self.vendor == byte(cpuinfo_x86::VENDOR))
            && (self.family == 0 || self.family == byte(cpuinfo_x86::FAMILY))
            && (self.model == 0 || self.model == byte(cpuinfo_x86::MODEL))
            && (self.steppings == 0 || self.steppings >> (byte(cpuinfo_x86::STEPPING) & 0xf) & 1 == 1)
            && (feature == 0 || capability >> (feature % 8) & 1 == 1)
    }
}

unsafe extern "C" fn x86_match_cpu(table: *const CpuId) -> *const CpuId {
    let Some(processor) = current().machine().exports().value("boot_cpu_data") else {
        return std::ptr::null();
    };
    // SAFETY: the machine's own variable of that size, and a table that ends with an entry that is not valid.
    unsafe {
        let processor = *(processor as *const [u8; cpuinfo_x86::SIZE]);
        let mut entry = table;
        while (*entry).flags & CpuId::VALID != 0 {
            if (*entry).matches(&processor) {
                return entry;
            }
            entry = entry.add(1);
        }
    }
    std::ptr::null()
}

/// Names of the register files by their bit in XCR0, for messages; each a C string.
const XFEATURE_NAMES: [&[u8]; 8] = [
    b"x87 floating point registers\0",
    b"SSE registers\0",
    b"AVX registers\0",
    b"MPX bounds registers\0",
    b"MPX CSR\0",
    b"AVX-512 opmask\0",
    b"AVX-512 Hi256\0",
    b"AVX-512 ZMM_Hi256\0",
];

/// Whether there are all the register files asked for; the name of the highest that is missing (or else asked for).
unsafe extern "C" fn cpu_has_xfeatures(needed: u64, name: *mut *const u8) -> i32 {
    let missing = needed & !xfeatures();
    let named = if missing != 0 { missing } else { needed };
    let highest = named.checked_ilog2().unwrap_or(0) as usize;
    if !name.is_null() {
        // SAFETY: the caller's variable; the names are constants.
        unsafe { *name = XFEATURE_NAMES.get(highest).unwrap_or(&&b"unknown xstate feature\0"[..]).as_ptr() };
    }
    i32::from(missing == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn processor() -> Processor {
        let mut capability = [0; WORDS];
        capability[4] = 1 << 28 | 1 << 25;
        capability[9] = 1 << 5 | 1 << 16;
        Processor { vendor: 0, vendor_id: *b"GenuineIntel", signature: 0x000a_06f8, capability }
    }

    #[test]
    fn vector_extensions_count_only_if_the_system_keeps_their_registers() {
        let clear = processor().without(3);
        assert_eq!((clear.capability[4], clear.capability[9]), (1 << 25, 0));
        assert_eq!(processor().without(0x7).capability[9], 1 << 5);
        assert_eq!(processor().without(0xe7), processor());
    }

    #[test]
    fn an_entry_matches_by_vendor_model_and_feature() {
        let structure = processor().structure();
        let any = CpuId {
            vendor: CpuId::ANY_VENDOR,
            family: 0,
            model: 0,
            steppings: 0,
            feature: 4 * 32 + 25,
            flags: CpuId::VALID,
            driver_data: 0,
        };
        assert!(any.matches(&structure));
        assert!(!CpuId { feature: 4 * 32 + 1, ..any }.matches(&structure));
        assert!(CpuId { vendor: 0, family: 6, model: 0xaf, steppings: 1 << 8, ..any }.matches(&structure));
        assert!(!CpuId { vendor: 2, ..any }.matches(&structure));
    }
}
