/*
 * merchant: a module that uses what another exports.
 *
 * Its object leaves abacus_add and the others undefined. modpost saw which module exports them and wrote
 * "depends=abacus" for modprobe; the loader resolves them, compares their versions with those in
 * __versions, and notes that merchant uses abacus.
 */
#include <course/abacus.h>
#include <linux/module.h>

MODULE_IMPORT_NS(ABACUS);

static int apples = 3;
module_param(apples, int, 0444);
MODULE_PARM_DESC(apples, "How many apples are sold");

static int price = 7;
module_param(price, int, 0444);
MODULE_PARM_DESC(price, "What one apple costs");

static int __init merchant_init(void)
{
	int sum = abacus_multiply(apples, price);

	pr_info("%d apples at %d make %d; with the basket, %d\n", apples, price, sum, abacus_add(sum, 1));
	pr_info("three rods of %d beads count to %d\n", abacus_beads, abacus_power(abacus_beads, 3) - 1);
	return 0;
}

static void __exit merchant_exit(void)
{
	pr_info("closing time\n");
}

module_init(merchant_init)
module_exit(merchant_exit)

MODULE_DESCRIPTION("Sells apples and reckons with abacus");
MODULE_LICENSE("Dual MIT/GPL");
