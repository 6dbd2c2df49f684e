/*
 * ticker: a module with a thread of its own.
 *
 * The thread's function is module text, and nobody holds a reference for it: exit has to see to it that
 * the thread has ended before it returns. kthread_stop does that: it asks, wakes the thread, and waits
 * for its function to return.
 */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>

static unsigned int period = 100;
module_param(period, uint, 0444);
MODULE_PARM_DESC(period, "Milliseconds from one tick to the next");

static unsigned int ticks;
module_param(ticks, uint, 0444);
MODULE_PARM_DESC(ticks, "Ticks so far");

static struct task_struct *thread;

static int tick(void *data)
{
	while (!kthread_should_stop()) {
		WRITE_ONCE(ticks, ticks + 1);
		schedule_timeout_interruptible(msecs_to_jiffies(period));
	}
	return ticks;
}

static int __init ticker_init(void)
{
	thread = kthread_run(tick, NULL, "ticker");
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	pr_info("ticking every %u ms\n", period);
	return 0;
}

static void __exit ticker_exit(void)
{
	pr_info("stopped after %d ticks\n", kthread_stop(thread));
}

module_init(ticker_init)
module_exit(ticker_exit)

MODULE_DESCRIPTION("A thread that counts");
MODULE_LICENSE("Dual MIT/GPL");
