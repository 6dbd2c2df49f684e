/* A counter that several CPUs change at once (arch/x86/include/asm/atomic.h). */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <linux/compiler.h>

typedef struct {
	int counter;
} atomic_t;

static inline int atomic_read(const atomic_t *atomic)
{
	return READ_ONCE(atomic->counter);
}

static inline void atomic_inc(atomic_t *atomic)
{
	__asm__ __volatile__("lock incl %0" : "+m" (atomic->counter) : : "memory");
}

#endif
