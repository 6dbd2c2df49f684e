/*
 * careless: gives back what it never took, on demand.
 *
 *	insmod careless.ko what=misc		takes a device back that was never registered
 *	insmod careless.ko what=put puts=3	gives references back that nobody took
 *
 * None of this is refused by the compiler, the linker or the loader: to give back is as easy as to take.
 * The kernel finds out at best that the sum is wrong, and warns; what was wrong it cannot know. The
 * first reference that init gives back too often is the loader's own, and nobody notices at all.
 */
#include <linux/blkdev.h>
#include <linux/errno.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/string.h>

static char *what = "put";
module_param(what, charp, 0444);
MODULE_PARM_DESC(what, "What is given back: put, symbol, notifier, misc or blkdev");

static int puts = 1;
module_param(puts, int, 0444);
MODULE_PARM_DESC(puts, "How many references are given back, if what is put");

static int on_module_event(struct notifier_block *block, unsigned long event, void *data)
{
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = on_module_event };

static const struct file_operations careless_fops = { .owner = THIS_MODULE };
/* In no list: what would follow from a list that was never even initialized, nobody can say. */
static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR, .name = "careless", .fops = &careless_fops,
	.list = { &device.list, &device.list } };

static int __init careless_init(void)
{
	if (!strcmp(what, "put"))
		while (puts-- > 0)
			module_put(THIS_MODULE);
	else if (!strcmp(what, "symbol"))
		__symbol_put("nobody_exports_this");
	else if (!strcmp(what, "notifier"))
		return unregister_module_notifier(&notifier);
	else if (!strcmp(what, "misc"))
		misc_deregister(&device);
	else if (!strcmp(what, "blkdev"))
		unregister_blkdev(240, "careless");
	else
		return -EINVAL;
	return 0;
}

static void __exit careless_exit(void)
{
}

module_init(careless_init)
module_exit(careless_exit)

MODULE_DESCRIPTION("Gives back what it never took");
MODULE_LICENSE("Dual MIT/GPL");
