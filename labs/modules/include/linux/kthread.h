/* Threads that run kernel code only (include/linux/kthread.h). */
#ifndef _LINUX_KTHREAD_H
#define _LINUX_KTHREAD_H

#include <linux/kernel.h>

#define NUMA_NO_NODE	(-1)

struct task_struct;

__printf(4, 5) struct task_struct *kthread_create_on_node(int (*function)(void *data), void *data,
							  int node, const char *name, ...);
int wake_up_process(struct task_struct *task);

/*
 * kthread_stop makes kthread_should_stop true for that thread, wakes it, and waits until its function
 * has returned; its result is the function's.
 */
int kthread_stop(struct task_struct *task);
bool kthread_should_stop(void);

/* A new thread, running; ERR_PTR where there is none. The name is a format, as for printk. */
#define kthread_run(function, data, name...) ({						\
	struct task_struct *__task = kthread_create_on_node(function, data, NUMA_NO_NODE, name); \
	if (!IS_ERR(__task))								\
		wake_up_process(__task);						\
	__task; })

#endif
