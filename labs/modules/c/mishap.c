/*
 * mishap: every way to go wrong, on demand.
 *
 *	echo null > /dev/mishap		writes through a NULL pointer
 *	insmod mishap.ko at_once=bug	goes wrong in init
 *
 * Each mishap has a function of its own, so that the oops names it. A task that oopses is killed where
 * it stands. Its files are closed, as at every end; the locks and references that it held stay taken
 * for ever. A module that dies in its own init stays COMING, and can never be removed.
 */
#include <linux/bug.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/uaccess.h>

/* Volatile, so that the compiler cannot foresee what will happen. */
static int *volatile nowhere;
static volatile int nothing;
static void (*volatile wilderness)(void) = (void (*)(void))0x10dead000;

static noinline void mishap_null(void)
{
	*nowhere = 1;
}

static noinline void mishap_bug(void)
{
	BUG();
}

static noinline void mishap_warn(void)
{
	WARN_ON(nothing == 0);
}

static noinline void mishap_divide(void)
{
	nothing = 42 / nothing;
}

static noinline void mishap_jump(void)
{
	wilderness();
}

static noinline void mishap_spin(void)
{
	while (nothing == 0)
		barrier();
}

static const struct mishap {
	const char *name;
	void (*happen)(void);
} mishaps[] = {
	{ "null", mishap_null },	/* writes to address 0 */
	{ "bug", mishap_bug },		/* BUG(): this cannot be, and I stop here */
	{ "warn", mishap_warn },	/* WARN_ON(): this cannot be, and I go on */
	{ "divide", mishap_divide },	/* by zero */
	{ "jump", mishap_jump },	/* to where there is no code */
	{ "spin", mishap_spin },	/* for ever, and never lets another task run */
};

static int mishap(const char *name)
{
	unsigned int at;

	for (at = 0; at < ARRAY_SIZE(mishaps); at++) {
		if (sysfs_streq(name, mishaps[at].name)) {
			mishaps[at].happen();
			pr_info("survived '%s'\n", mishaps[at].name);
			return 0;
		}
	}
	return -EINVAL;
}

static char *at_once;
module_param(at_once, charp, 0444);
MODULE_PARM_DESC(at_once, "What happens in init: null, bug, warn, divide, jump or spin");

static ssize_t mishap_write(struct file *file, const char __user *buffer, size_t length,
			    loff_t *position)
{
	char name[16] = "";
	int error;

	if (length >= sizeof(name))
		return -EINVAL;
	if (copy_from_user(name, buffer, length))
		return -EFAULT;
	error = mishap(name);
	return error ? error : (ssize_t)length;
}

static const struct file_operations mishap_fops = {
	.owner = THIS_MODULE,
	.write = mishap_write,
};

static struct miscdevice mishap_device = {
	.minor = MISC_DYNAMIC_MINOR, .name = "mishap", .fops = &mishap_fops, .mode = 0222 };

static int __init mishap_init(void)
{
	int error = at_once ? mishap(at_once) : 0;

	return error ? error : misc_register(&mishap_device);
}

static void __exit mishap_exit(void)
{
	misc_deregister(&mishap_device);
}

module_init(mishap_init)
module_exit(mishap_exit)

MODULE_DESCRIPTION("Oopses on demand");
MODULE_LICENSE("Dual MIT/GPL");
