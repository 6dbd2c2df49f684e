//! Versions before 2.6: no table, but the checksum in the name itself. A kernel built with them exports
//! `printk_R1b7d4074`, or `printk_Rsmp_1b7d4074` where it was built for several CPUs, and a module that wants
//! anything else finds nothing. No CRC can see for how many CPUs a kernel was built; so that was hacked in.

/// A name with a checksum, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mangled<'a> {
    /// The symbol, as it is called in C.
    pub name: &'a str,
    /// Built for several CPUs.
    pub smp: bool,
    /// The symbol's version.
    pub crc: u32,
}

impl Mangled<'_> {
    /// The name that the linker sees.
    pub fn mangle(&self) -> String {
        format!("{}_R{}{:08x}", self.name, if self.smp { "smp_" } else { "" }, self.crc)
    }
}

/// Takes a name apart: the symbol, `_R`, perhaps `smp_`, and the checksum, which is the end of the name and
/// eight digits long, `0` to `9` and `a` to `f`. A symbol's own name may hold `_R` as well, and even look like
/// it ended in a checksum: the last `_R` counts. `None` where the name is not of this form, or where the symbol
/// would have no name.
pub fn demangle(mangled: &str) -> Option<Mangled<'_>> {
    todo!("take symbol, prefix and checksum apart")
}
