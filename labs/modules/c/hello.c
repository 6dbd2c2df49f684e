/*
 * hello: the smallest module that says anything.
 *
 * init runs once, when the module is inserted, and its memory is given back when it returns; exit runs
 * once, when the module is removed. Between the two nothing of this module is in use.
 */
#include <linux/module.h>

static int __init hello_init(void)
{
	pr_info("Hello, kernel.\n");
	return 0;
}

static void __exit hello_exit(void)
{
	pr_info("Goodbye, kernel.\n");
}

module_init(hello_init)
module_exit(hello_exit)

MODULE_DESCRIPTION("Says hello and goodbye");
MODULE_LICENSE("Dual MIT/GPL");
