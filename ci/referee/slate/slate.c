/*
 * slate: wipes a kernel's memory of what it has seen, so that each module meets it as the first one would.
 *
 * A kernel says many things once: that it is tainted, that lock debugging is over. Whoever comes second
 * would not hear them. This module's init clears the two words that remember (kernel/panic.c, tainted_mask;
 * lib/debug_locks.c, debug_locks), whose addresses user space has read from /proc/kallsyms, and then fails
 * on purpose, so that nothing of it stays. It is for a kernel that lives a minute under an emulator.
 */
#include <linux/errno.h>
#include <linux/module.h>

extern const struct kernel_param_ops param_ops_ulong;
#define param_check_ulong(name, pointer)	__param_check(name, pointer, unsigned long)

static unsigned long taints;
module_param(taints, ulong, 0);
MODULE_PARM_DESC(taints, "Address of tainted_mask");

static unsigned long locks;
module_param(locks, ulong, 0);
MODULE_PARM_DESC(locks, "Address of debug_locks");

static int __init slate_init(void)
{
	if (taints)
		*(volatile unsigned long *)taints = 0;
	if (locks)
		*(volatile int *)locks = 1;
	return -ENOTTY;
}

module_init(slate_init)

MODULE_DESCRIPTION("Clears a kernel's taints");
MODULE_LICENSE("Dual MIT/GPL");
