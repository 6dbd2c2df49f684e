/*
 * watcher: is told of every module that comes, lives and goes.
 *
 * The loader calls the chain of notifiers at each change of state, the highest priority first. At COMING
 * a notifier may refuse: then the module does not come, and those that were told already are told that
 * it goes. A module is told of itself too, where it registered in time: not of its own COMING, which is
 * past when init runs, but of its LIVE.
 */
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/string.h>

static char *refuse = "";
module_param(refuse, charp, 0444);
MODULE_PARM_DESC(refuse, "The name of a module that may not come");

static int priority;
module_param(priority, int, 0444);
MODULE_PARM_DESC(priority, "Higher ones are called first");

static const char *const states[] = { "is live", "is coming", "is going" };

static int on_module_event(struct notifier_block *block, unsigned long event, void *data)
{
	struct module *module = data;

	if (event < ARRAY_SIZE(states))
		pr_info("%s %s\n", module->name, states[event]);
	if (event == MODULE_STATE_COMING && !strcmp(module->name, refuse)) {
		pr_info("%s may not come\n", module->name);
		return notifier_from_errno(-EPERM);
	}
	return NOTIFY_OK;
}

static struct notifier_block notifier = { .notifier_call = on_module_event };

static int __init watcher_init(void)
{
	notifier.priority = priority;
	return register_module_notifier(&notifier);
}

static void __exit watcher_exit(void)
{
	unregister_module_notifier(&notifier);
}

module_init(watcher_init)
module_exit(watcher_exit)

MODULE_DESCRIPTION("Says which modules come and go, and can refuse one");
MODULE_LICENSE("Dual MIT/GPL");
