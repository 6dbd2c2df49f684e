/* Small things that every module needs (include/linux/kernel.h and what it includes). */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <linux/err.h>
#include <linux/printk.h>
#include <linux/types.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define min_t(type, a, b) ({			\
	type __a = (a);				\
	type __b = (b);				\
	__a < __b ? __a : __b; })

/* From the address of a field to the structure around it. */
#define container_of(pointer, type, field)	\
	((type *)((char *)(pointer) - offsetof(type, field)))

/*
 * At most `size` bytes, the final zero included. snprintf returns how long the text would have been,
 * scnprintf how long it is.
 */
__printf(3, 4) int snprintf(char *buffer, size_t size, const char *format, ...);
__printf(3, 4) int scnprintf(char *buffer, size_t size, const char *format, ...);

#endif
