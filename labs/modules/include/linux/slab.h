/* Memory in small pieces (include/linux/slab.h). The kernel's inline shortcuts all end in __kmalloc. */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/types.h>

#define __GFP_ZERO	0x100u
#define GFP_ATOMIC	0xa20u	/* never sleeps; may fail sooner */
#define GFP_KERNEL	0xcc0u	/* may sleep until there is memory */

void *__kmalloc(size_t size, gfp_t flags);
void kfree(const void *memory);

/* NULL where there is none. */
static inline void *kmalloc(size_t size, gfp_t flags)
{
	return __kmalloc(size, flags);
}

static inline void *kzalloc(size_t size, gfp_t flags)
{
	return __kmalloc(size, flags | __GFP_ZERO);
}

#endif
