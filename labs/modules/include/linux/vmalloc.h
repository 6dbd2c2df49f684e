/* Memory in large pieces, of pages that need not lie side by side (include/linux/vmalloc.h). */
#ifndef _LINUX_VMALLOC_H
#define _LINUX_VMALLOC_H

void *vzalloc(unsigned long size);
void vfree(const void *memory);

#endif
