/*
 * From a page's record to the page itself (include/linux/mm.h, arch/x86/include/asm/page.h).
 *
 * Every page of memory has a struct page of 64 bytes, in one long array that starts at vmemmap_base;
 * all of memory is mapped, in the same order, from page_offset_base on.
 */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/types.h>

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1ul << PAGE_SHIFT)

struct page {
	unsigned long __kernel_part[8];
};

ABI_SIZE(struct page, 64);

extern unsigned long vmemmap_base, page_offset_base;

static inline void *page_address(const struct page *page)
{
	unsigned long number = page - (const struct page *)vmemmap_base;

	return (void *)(page_offset_base + (number << PAGE_SHIFT));
}

#endif
