//! The version magic: one string in which a kernel writes down how it was built, so far as no symbol's
//! checksum shows it. The kernel puts it together in `include/linux/vermagic.h`, VERMAGIC_STRING.

/// Whether a task can be taken off its CPU while it runs in the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preemption {
    /// It cannot (`CONFIG_PREEMPT_NONE`, `CONFIG_PREEMPT_VOLUNTARY`).
    None,
    /// It can, but not while it holds a spinlock (`CONFIG_PREEMPT_BUILD`): `preempt`.
    Preempt,
    /// It can nearly always: spinlocks sleep (`CONFIG_PREEMPT_RT`): `preempt_rt`.
    PreemptRt,
}

/// The choices of a kernel's build that its modules must share.
///
/// Each of them changes what the compiler makes of a header: a spinlock is empty without SMP, and the end of one
/// may switch tasks with preemption. The names of the functions stay the same, and so do their checksums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Build<'a> {
    /// What `uname -r` prints (UTS_RELEASE).
    pub release: &'a str,
    /// For more than one CPU (`CONFIG_SMP`).
    pub smp: bool,
    /// Whether tasks are preempted in the kernel.
    pub preemption: Preemption,
    /// For more memory than the kernel can address at once (`CONFIG_HIGHMEM`, 32-bit machines only).
    pub highmem: bool,
    /// The compiler's family and its version to the second number, such as `gcc-2.95`.
    pub compiler: &'a str,
    /// Modules can be removed, so `struct module` has a reference count (`CONFIG_MODULE_UNLOAD`).
    pub mod_unload: bool,
    /// Symbols have versions (`CONFIG_MODVERSIONS`).
    pub modversions: bool,
    /// The processor, where the architecture names it: `PENTIUMIII` on i386, nothing on x86-64
    /// (MODULE_ARCH_VERMAGIC).
    pub processor: Option<&'a str>,
    /// The hash by which the fields of structures were shuffled (`CONFIG_RANDSTRUCT`).
    pub randstruct: Option<&'a str>,
}

impl Build<'static> {
    /// Debian 12's kernel, the course's example.
    pub const DEBIAN_6_1: Build<'static> = Build {
        release: abi::RELEASE,
        smp: true,
        preemption: Preemption::Preempt,
        highmem: false,
        compiler: "gcc-12.2",
        mod_unload: true,
        modversions: true,
        processor: None,
        randstruct: None,
    };
}

impl Build<'_> {
    /// The string of Rusty Russell's patch of January 2003, such as `SMP,preempt,gcc-2.95`.
    ///
    /// Words with a comma between each two, none before the first and none behind the last: `SMP`, then
    /// `preempt`, then `highmem`, each where that was chosen, then the compiler, always. `preempt` stands for every
    /// [`Preemption`] but `None`: the patch knew only that one. Nothing else is in it, and above all not the
    /// release: the patch is to work whether or not the symbols have versions.
    ///
    /// (LWN of 15 January 2003 gives the example and says what had gone unnoticed until then; the word for the
    /// memory model and its place are the course's.)
    pub fn vermagic_2003(&self) -> String {
        // ANCHOR: task_vermagic_2003
        let options = [
            ("SMP", self.smp),
            ("preempt", self.preemption != Preemption::None),
            ("highmem", self.highmem),
            (self.compiler, true),
        ];
        let chosen: Vec<_> =
            options.into_iter().filter(|&(_, chosen)| chosen).map(|(word, _)| word).collect();
        chosen.join(",")
        // ANCHOR_END: task_vermagic_2003
    }

    /// The string of 6.1, such as `6.1.0-56-amd64 SMP preempt mod_unload modversions ` (VERMAGIC_STRING).
    ///
    /// Each part brings a space of its own behind it, so the string ends in one: the release; `SMP`; `preempt` or
    /// `preempt_rt`; `mod_unload`; `modversions`; the processor's name. Only the last part has none behind it:
    /// `RANDSTRUCT_` and the hash. What was not chosen leaves nothing, no space either. The compiler and the
    /// memory model are not in it.
    pub fn vermagic_string(&self) -> String {
        // ANCHOR: task_vermagic_string
        let preemption = match self.preemption {
            Preemption::None => None,
            Preemption::Preempt => Some("preempt"),
            Preemption::PreemptRt => Some("preempt_rt"),
        };
        let parts = [
            Some(self.release),
            self.smp.then_some("SMP"),
            preemption,
            self.mod_unload.then_some("mod_unload"),
            self.modversions.then_some("modversions"),
            self.processor,
        ];
        let mut magic: String = parts.into_iter().flatten().map(|part| format!("{part} ")).collect();
        if let Some(hash) = self.randstruct {
            magic += "RANDSTRUCT_";
            magic += hash;
        }
        magic
        // ANCHOR_END: task_vermagic_string
    }
}
