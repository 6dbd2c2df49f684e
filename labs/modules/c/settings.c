/*
 * settings: a module with one parameter of every kind.
 *
 *	insmod settings.ko volume=-3 brightness=0x10 quiet primes=2,3,5 room=attic colour=blue
 *
 * Nobody parses anything here. Each line below writes a record into the section __param; before init
 * runs, the loader has looked every name up, called the type's `set`, and refused what does not fit.
 */
#include <linux/module.h>
#include <linux/string.h>

static int volume = 5;
module_param(volume, int, 0644);
MODULE_PARM_DESC(volume, "Any whole number");

static unsigned int brightness = 100;
module_param(brightness, uint, 0644);
MODULE_PARM_DESC(brightness, "A whole number that is not negative");

static bool quiet;
module_param(quiet, bool, 0644);
MODULE_PARM_DESC(quiet, "Yes or no; the name alone means yes");

static char *motto = "festina lente";
module_param(motto, charp, 0444);
MODULE_PARM_DESC(motto, "A text of up to 1024 characters, which the kernel keeps");

static int primes[4] = { 2, 3, 5, 7 };
static unsigned int primes_given;
module_param_array(primes, int, &primes_given, 0444);
MODULE_PARM_DESC(primes, "Up to four numbers, separated by commas");

static char room[8] = "cellar";
module_param_string(room, room, sizeof(room), 0444);
MODULE_PARM_DESC(room, "A text of up to seven characters, which is copied into the module");

/* ANCHOR: colour */
/* A type of our own: one of three words. Anyone can add a type; nobody has to change the loader. */
static const char *const colours[] = { "red", "green", "blue" };
static unsigned int colour;

static int colour_set(const char *value, const struct kernel_param *param)
{
	unsigned int at;

	for (at = 0; at < ARRAY_SIZE(colours); at++) {
		if (sysfs_streq(value, colours[at])) {
			*(unsigned int *)param->arg = at;
			return 0;
		}
	}
	return -EINVAL;
}

static int colour_get(char *buffer, const struct kernel_param *param)
{
	return scnprintf(buffer, 16, "%s\n", colours[*(unsigned int *)param->arg]);
}

static const struct kernel_param_ops colour_ops = { .set = colour_set, .get = colour_get };

module_param_cb(colour, &colour_ops, &colour, 0644);
/* ANCHOR_END: colour */
MODULE_PARM_DESC(colour, "red, green or blue");

static int __init settings_init(void)
{
	unsigned int at;

	pr_info("volume %d, brightness %u, quiet %s\n", volume, brightness, quiet ? "yes" : "no");
	pr_info("motto '%s', room '%s', colour %s\n", motto, room, colours[colour]);
	for (at = 0; at < primes_given; at++)
		pr_info("prime %u: %d\n", at, primes[at]);
	return 0;
}

static void __exit settings_exit(void)
{
}

module_init(settings_init)
module_exit(settings_exit)

MODULE_DESCRIPTION("One parameter of every kind");
MODULE_LICENSE("Dual MIT/GPL");
