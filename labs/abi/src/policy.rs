//! The kernels' configurations and patches that decide what happens to a module that does not quite fit.

use std::{fmt, str::FromStr};

/// What a kernel does when it finds that something does not match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnMismatch {
    /// Say so and go on.
    Warn,
    /// Say so and refuse the module.
    Refuse,
}

/// How a kernel judges a module: the choices that differ between kernels of the same ABI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The name by which command lines choose it.
    pub name: &'static str,
    /// A vermagic that differs: a warning in the patch of January 2003 (LWN, 15 January 2003), a refusal
    /// since (`kernel/module/main.c, check_modinfo`).
    pub vermagic: OnMismatch,
    /// A symbol's CRC that differs (`kernel/module/version.c, check_version`).
    pub crc: OnMismatch,
    /// A symbol that the module's `__versions` does not list, while the kernel has a CRC for it:
    /// mainline warns and accepts, Debian's patch refuses.
    pub missing_crc: OnMismatch,
    /// `CONFIG_MODULE_FORCE_LOAD`: a module without vermagic or without versions is accepted and taints
    /// the kernel (`try_to_force_load`). Otherwise ENOEXEC.
    pub force_load: bool,
}

impl Policy {
    /// Debian's 6.1: mainline with the patch that refuses symbols without a version.
    pub const DEBIAN_6_1: Policy = Policy {
        name: "v6.1",
        vermagic: OnMismatch::Refuse,
        crc: OnMismatch::Refuse,
        missing_crc: OnMismatch::Refuse,
        force_load: true,
    };

    /// Mainline 6.1 with modversions and forced loading.
    pub const MAINLINE_6_1: Policy =
        Policy { name: "v6.1-mainline", missing_crc: OnMismatch::Warn, ..Policy::DEBIAN_6_1 };

    /// 6.1 without `CONFIG_MODULE_FORCE_LOAD`: whatever would have to be forced is refused.
    pub const STRICT: Policy = Policy { name: "strict", force_load: false, ..Policy::DEBIAN_6_1 };

    /// The patch of January 2003: a vermagic that differs is only a warning.
    pub const V2003: Policy = Policy {
        name: "2003",
        vermagic: OnMismatch::Warn,
        crc: OnMismatch::Refuse,
        missing_crc: OnMismatch::Warn,
        force_load: true,
    };

    /// Every policy that has a name, the default first.
    pub const ALL: &[Policy] = &[Policy::DEBIAN_6_1, Policy::MAINLINE_6_1, Policy::STRICT, Policy::V2003];
}

impl Default for Policy {
    fn default() -> Policy {
        Policy::DEBIAN_6_1
    }
}

/// A policy's name that nobody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownPolicy(String);

impl fmt::Display for UnknownPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Policy::ALL.iter().map(|policy| policy.name).collect();
        write!(f, "unknown policy '{}'; known are {}", self.0, names.join(", "))
    }
}

impl std::error::Error for UnknownPolicy {}

impl FromStr for Policy {
    type Err = UnknownPolicy;

    fn from_str(name: &str) -> Result<Policy, UnknownPolicy> {
        let found = Policy::ALL.iter().find(|policy| policy.name == name);
        found.copied().ok_or_else(|| UnknownPolicy(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_is_found_by_its_name_and_an_unknown_name_lists_them_all() {
        for policy in Policy::ALL {
            assert_eq!(policy.name.parse(), Ok(*policy));
        }
        let refused = "v9".parse::<Policy>().unwrap_err().to_string();
        for policy in Policy::ALL {
            assert!(refused.contains(policy.name), "{refused}");
        }
    }
}
