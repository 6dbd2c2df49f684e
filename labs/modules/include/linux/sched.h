/* Giving the CPU away (include/linux/sched.h, include/linux/jiffies.h). */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

/* The clock's ticks in a second, as Debian configures them. */
#define HZ	250

static inline long msecs_to_jiffies(unsigned int milliseconds)
{
	return ((long)milliseconds * HZ + 999) / 1000;
}

/* Sleeps so many ticks, or until someone wakes this task; returns the ticks that were left. */
long schedule_timeout_interruptible(long ticks);

#endif
