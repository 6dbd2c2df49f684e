/*
 * Variables of which every CPU has its own (include/linux/percpu-defs.h, arch/x86/include/asm/percpu.h).
 *
 * What the section .data..percpu holds is only the pattern: the loader copies it into each CPU's area.
 * The symbol's value is an offset in that area, and the GS register of each CPU points to its own, so
 * that one instruction finds and changes the variable: nothing can move the task to another CPU between.
 */
#ifndef _LINUX_PERCPU_H
#define _LINUX_PERCPU_H

#include <linux/types.h>

#define DEFINE_PER_CPU(type, name)	__section(".data..percpu") __typeof__(type) name

/* For variables of type long. */
#define this_cpu_inc(variable)		\
	__asm__ __volatile__("incq %%gs:%0" : "+m" (variable))

/* What is added to a per-CPU symbol's value to find that CPU's copy. */
extern unsigned long __per_cpu_offset[];

#define per_cpu(variable, cpu)		\
	(*(__typeof__(variable) *)((unsigned long)&(variable) + __per_cpu_offset[cpu]))

extern unsigned int nr_cpu_ids;
extern const unsigned long __cpu_possible_mask[];
unsigned long _find_next_bit(const unsigned long *bits, unsigned long count, unsigned long from);

#define for_each_possible_cpu(cpu)					\
	for ((cpu) = _find_next_bit(__cpu_possible_mask, nr_cpu_ids, 0);	\
	     (cpu) < nr_cpu_ids;						\
	     (cpu) = _find_next_bit(__cpu_possible_mask, nr_cpu_ids, (cpu) + 1))

#endif
