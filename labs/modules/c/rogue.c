/*
 * rogue: a driver that breaks the golden rule. Do not copy it.
 *
 * It hands out the address of its read function and says nothing about whose function that is: owner is
 * NULL, which means "the kernel's own, it never goes away". So the kernel takes no reference. read
 * sleeps; whoever removes the module meanwhile succeeds, and the sleeper wakes up in freed memory.
 *
 *	cat /dev/rogue &
 *	rmmod rogue
 *
 * The cure is one line, .owner = THIS_MODULE. No line inside these functions could cure it: between
 * the call and the function's first instruction the module could be gone already.
 */
#include <linux/delay.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static unsigned int nap = 1000;
module_param(nap, uint, 0644);
MODULE_PARM_DESC(nap, "Milliseconds that a read sleeps");

static ssize_t rogue_read(struct file *file, char __user *buffer, size_t length, loff_t *position)
{
	static const char text[] = "What a lovely nap.\n";

	if (*position == 0) {
		pr_info("taking a nap in my own text\n");
		msleep(nap);
	}
	return simple_read_from_buffer(buffer, length, position, text, sizeof(text) - 1);
}

static const struct file_operations rogue_fops = {
	.owner = NULL,	/* the crime */
	.read = rogue_read,
};

static struct miscdevice rogue_device = {
	.minor = MISC_DYNAMIC_MINOR, .name = "rogue", .fops = &rogue_fops, .mode = 0444 };

static int __init rogue_init(void)
{
	return misc_register(&rogue_device);
}

static void __exit rogue_exit(void)
{
	misc_deregister(&rogue_device);
	pr_info("gone; good luck to whoever is still inside\n");
}

module_init(rogue_init)
module_exit(rogue_exit)

MODULE_DESCRIPTION("Breaks the golden rule");
MODULE_LICENSE("Dual MIT/GPL");
