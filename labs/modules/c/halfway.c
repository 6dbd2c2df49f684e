/*
 * halfway: a module whose init fails half way, and undoes what it did.
 *
 * init takes three steps, and fail_at chooses the one that fails (4: all succeed, and a last check
 * fails; 0: nothing fails). What was done is undone in reverse, by the kernel's pattern of labels: each
 * goto enters the list of undoings at the right place. exit is the same list from the top. When init
 * returns an error, the loader frees the module at once and does not call exit.
 *
 * Between step 2 and the failure /dev/halfway exists. Whoever opened it then would run code that is
 * about to be freed, were it not that try_module_get fails for a module that is going.
 */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/slab.h>

static int fail_at = 3;
module_param(fail_at, int, 0444);
MODULE_PARM_DESC(fail_at, "The step that fails: 1 buffer, 2 device, 3 notifier, 4 last check; 0 none");

static char *buffer;

static const struct file_operations halfway_fops = { .owner = THIS_MODULE };
static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR, .name = "halfway", .fops = &halfway_fops };

static int on_module_event(struct notifier_block *block, unsigned long event, void *data)
{
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = on_module_event };

/* Says what is done, unless it is the step that shall fail. */
static int step(int number, const char *what)
{
	if (number == fail_at) {
		pr_info("step %d, %s: fails\n", number, what);
		return -EIO;
	}
	pr_info("step %d, %s\n", number, what);
	return 0;
}

static int __init halfway_init(void)
{
	int error = step(1, "allocate the buffer");

	if (error)
		return error;
	buffer = kzalloc(64, GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;

	error = step(2, "register the device") ?: misc_register(&device);
	if (error)
		goto free_buffer;

	error = step(3, "register the notifier") ?: register_module_notifier(&notifier);
	if (error)
		goto deregister_device;

	error = step(4, "check that all is well");
	if (error)
		goto unregister_notifier;
	return 0;

unregister_notifier:
	pr_info("undo step 3\n");
	unregister_module_notifier(&notifier);
deregister_device:
	pr_info("undo step 2\n");
	misc_deregister(&device);
free_buffer:
	pr_info("undo step 1\n");
	kfree(buffer);
	return error;
}

static void __exit halfway_exit(void)
{
	unregister_module_notifier(&notifier);
	misc_deregister(&device);
	kfree(buffer);
	pr_info("all undone\n");
}

module_init(halfway_init)
module_exit(halfway_exit)

MODULE_DESCRIPTION("Fails in init, at a step of your choice, and tidies up");
MODULE_LICENSE("Dual MIT/GPL");
