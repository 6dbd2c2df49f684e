/* Chains of functions that are called when something happens (include/linux/notifier.h). */
#ifndef _LINUX_NOTIFIER_H
#define _LINUX_NOTIFIER_H

#include <linux/types.h>

struct notifier_block {
	int (*notifier_call)(struct notifier_block *block, unsigned long event, void *data);
	struct notifier_block *next;	/* the chain's */
	int priority;			/* the highest is called first */
};

ABI_SIZE(struct notifier_block, 24);
ABI_OFFSET(struct notifier_block, priority, 16);

#define NOTIFY_DONE		0x0000	/* not interested */
#define NOTIFY_OK		0x0001	/* seen */
#define NOTIFY_STOP_MASK	0x8000	/* call no further */

/* A veto: stop here, and let the caller return this negative errno. */
static inline int notifier_from_errno(int error)
{
	return NOTIFY_STOP_MASK | (NOTIFY_OK - error);
}

/* Called with the module's new enum module_state as event and its struct module as data. */
int register_module_notifier(struct notifier_block *block);
int unregister_module_notifier(struct notifier_block *block);

#endif
