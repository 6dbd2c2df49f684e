/*
 * Where code and data go that is needed only at the beginning or only at the end (include/linux/init.h).
 * Sections whose name begins with .init are freed as soon as init has returned.
 */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

#include <linux/compiler.h>

#define __init		__section(".init.text") __cold
#define __initdata	__section(".init.data")
#define __initconst	__section(".init.rodata")
#define __exit		__section(".exit.text") __used __cold

/* Written by init, read-only from then on. */
#define __ro_after_init	__section(".data..ro_after_init")

#endif
