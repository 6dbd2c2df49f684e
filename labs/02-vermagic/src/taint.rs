//! Taints: what a kernel remembers about everything doubtful that was ever done to it, so that whoever
//! reads a bug report knows. The kernel's table is `taint_flags` in `kernel/panic.c`.

use std::fmt;

macro_rules! taints {
    ($($(#[$doc:meta])* $name:ident = $bit:literal, $letter:literal, module: $module:literal;)*) => {
        /// One reason for doubt; the number is the bit in `/proc/sys/kernel/tainted`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u32)]
        pub enum Taint { $($(#[$doc])* $name = $bit,)* }

        impl Taint {
            /// Every taint, in the order of the bits.
            pub const ALL: &[Taint] = &[$(Taint::$name,)*];

            /// The letter that an oops and `/proc/modules` print.
            pub const fn letter(self) -> char {
                match self { $(Taint::$name => $letter,)* }
            }

            /// Whether a module can carry it, and not only the kernel as a whole.
            pub const fn is_of_modules(self) -> bool {
                match self { $(Taint::$name => $module,)* }
            }
        }
    };
}

taints! {
    /// A module whose licence is not compatible with the GPL.
    ProprietaryModule = 0, 'P', module: true;
    /// A module was loaded by force.
    ForcedModule = 1, 'F', module: true;
    /// A CPU outside its specification.
    CpuOutOfSpec = 2, 'S', module: false;
    /// A module was removed by force.
    ForcedRmmod = 3, 'R', module: false;
    /// A machine check.
    MachineCheck = 4, 'M', module: false;
    /// A page in an impossible state.
    BadPage = 5, 'B', module: false;
    /// User space asked for it.
    User = 6, 'U', module: false;
    /// An oops happened.
    Die = 7, 'D', module: false;
    /// An ACPI table was replaced.
    OverriddenAcpiTable = 8, 'A', module: false;
    /// A WARN happened.
    Warn = 9, 'W', module: false;
    /// A module from the staging directory.
    Crap = 10, 'C', module: true;
    /// A bug in the firmware had to be worked around.
    FirmwareWorkaround = 11, 'I', module: false;
    /// A module built outside the kernel's tree.
    OotModule = 12, 'O', module: true;
    /// A module without a valid signature.
    UnsignedModule = 13, 'E', module: true;
    /// A soft lockup happened.
    SoftLockup = 14, 'L', module: false;
    /// A live patch.
    Livepatch = 15, 'K', module: true;
    /// For distributions to use.
    Aux = 16, 'X', module: true;
    /// Built with randomised structures.
    Randstruct = 17, 'T', module: true;
    /// A test module.
    Test = 18, 'N', module: true;
}

/// What the kernel prints when [`Taints::lock_debugging_ends_with`] a taint.
pub const LOCK_DEBUGGING_ENDS: &str = "Disabling lock debugging due to kernel taint";

/// A set of taints: a module's own, or the whole kernel's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taints(u32);

impl Taints {
    /// None at all.
    pub const NONE: Taints = Taints(0);

    /// The number in `/proc/sys/kernel/tainted`.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether `taint` is in the set (`test_taint`).
    pub const fn has(self, taint: Taint) -> bool {
        self.0 & (1 << taint as u32) != 0
    }

    /// Adds `taint` (`set_bit`).
    pub const fn add(&mut self, taint: Taint) {
        self.0 |= 1 << taint as u32;
    }

    /// Whether `taint`, coming to these, is the first that makes the findings of the kernel's lock checker worth
    /// nothing (`kernel/panic.c, add_taint` with LOCKDEP_NOW_UNRELIABLE).
    pub fn lock_debugging_ends_with(self, taint: Taint) -> bool {
        let unreliable = [Taint::ProprietaryModule, Taint::ForcedModule, Taint::ForcedRmmod];
        unreliable.contains(&taint) && !unreliable.iter().any(|&earlier| self.has(earlier))
    }

    /// Both sets together.
    pub const fn union(self, other: Taints) -> Taints {
        Taints(self.0 | other.0)
    }

    /// The taints in the set, in the order of the bits.
    pub fn iter(self) -> impl Iterator<Item = Taint> {
        Taint::ALL.iter().copied().filter(move |&taint| self.has(taint))
    }

    /// The letters that `/proc/modules` prints between parentheses: those of the taints in the set, in the order
    /// of the bits, but only of those that a module can carry ([`Taint::is_of_modules`]); nothing where there are
    /// none (`kernel/module/main.c, module_flags_taint`).
    pub fn module_letters(self) -> String {
        todo!("collect the letters of those taints that a module can carry, in the order of the bits")
    }
}

impl FromIterator<Taint> for Taints {
    fn from_iter<I: IntoIterator<Item = Taint>>(taints: I) -> Taints {
        taints.into_iter().fold(Taints::NONE, |mut set, taint| {
            set.add(taint);
            set
        })
    }
}

impl fmt::Display for Taints {
    /// As an oops prints it: `Not tainted`, or `Tainted: ` and a column for each taint, with G in the
    /// first where every module so far was free (`kernel/panic.c, print_tainted`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Taints::NONE {
            return f.write_str("Not tainted");
        }
        f.write_str("Tainted: ")?;
        Taint::ALL.iter().try_for_each(|&taint| {
            let absent = if taint == Taint::ProprietaryModule { "G" } else { " " };
            if self.has(taint) { write!(f, "{}", taint.letter()) } else { f.write_str(absent) }
        })
    }
}
