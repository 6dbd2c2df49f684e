//! Filesystems, formats, keys, and those who want to be told when the kernel suspends, reboots or dies: it mounts,
//! runs and does none of it. Linux: fs/, security/keys/, kernel/.

use super::Key::{First, Second, WordsAtFirst};
use super::Pair;

pub(super) const PAIRS: &[Pair] = &[
    // Files.
    Pair("register_filesystem", First, "unregister_filesystem", First),
    Pair("register_quota_format", First, "unregister_quota_format", First),
    Pair("__register_binfmt", First, "unregister_binfmt", First),
    Pair("pstore_register", First, "pstore_unregister", First),
    Pair("efivars_register", First, "efivars_unregister", First),
    Pair("kmsg_dump_register", First, "kmsg_dump_unregister", First),
    Pair("register_console", First, "unregister_console", First),
    Pair("nfs_ssc_register", First, "nfs_ssc_unregister", First),
    Pair("nfs42_ssc_register", First, "nfs42_ssc_unregister", First),
    Pair("lease_register_notifier", First, "lease_unregister_notifier", First),
    // The connector (drivers/connector/): callbacks by their numbers.
    Pair("cn_add_callback", WordsAtFirst, "cn_del_callback", WordsAtFirst),
    // Keys.
    Pair("register_key_type", First, "unregister_key_type", First),
    Pair("register_asymmetric_key_parser", First, "unregister_asymmetric_key_parser", First),
    // Disks.
    Pair("elv_register", First, "elv_unregister", First),
    Pair("blkcg_policy_register", First, "blkcg_policy_unregister", First),
    // Memory.
    Pair("register_shrinker", First, "unregister_shrinker", First),
    Pair("register_oom_notifier", First, "unregister_oom_notifier", First),
    Pair("register_memory_notifier", First, "unregister_memory_notifier", First),
    Pair("register_vmap_purge_notifier", First, "unregister_vmap_purge_notifier", First),
    Pair("page_reporting_register", First, "page_reporting_unregister", First),
    Pair("register_vmcore_cb", First, "unregister_vmcore_cb", First),
    // Power, and the end of it.
    Pair("register_reboot_notifier", First, "unregister_reboot_notifier", First),
    Pair("register_restart_handler", First, "unregister_restart_handler", First),
    Pair("register_pm_notifier", First, "unregister_pm_notifier", First),
    Pair("register_syscore_ops", First, "unregister_syscore_ops", First),
    Pair("register_die_notifier", First, "unregister_die_notifier", First),
    Pair("mce_register_decode_chain", First, "mce_unregister_decode_chain", First),
    Pair("register_acpi_notifier", First, "unregister_acpi_notifier", First),
    Pair("cpufreq_register_notifier", First, "cpufreq_unregister_notifier", First),
    Pair("pvclock_gtod_register_notifier", First, "pvclock_gtod_unregister_notifier", First),
    Pair("cpu_emergency_register_virt_callback", First, "cpu_emergency_unregister_virt_callback", First),
    Pair("perf_register_guest_info_callbacks", First, "perf_unregister_guest_info_callbacks", First),
    Pair("register_random_vmfork_notifier", First, "unregister_random_vmfork_notifier", First),
    // The keyboard and the console.
    Pair("register_keyboard_notifier", First, "unregister_keyboard_notifier", First),
    Pair("register_vt_notifier", First, "unregister_vt_notifier", First),
    Pair("register_sysrq_key", Second, "unregister_sysrq_key", Second),
    Pair("register_blocking_lsm_notifier", First, "unregister_blocking_lsm_notifier", First),
];
