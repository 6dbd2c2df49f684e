/*
 * Saying that something cannot be (arch/x86/include/asm/bug.h, include/asm-generic/bug.h).
 *
 * ud2 is an instruction that every x86 CPU promises never to know. The trap handler looks the address
 * up in __bug_table and finds there the file and the line, and whether to go on (WARN) or not (BUG).
 */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/types.h>

struct bug_entry {
	int bug_addr_disp;	/* both relative to themselves */
	int file_disp;
	unsigned short line;
	unsigned short flags;
};

ABI_SIZE(struct bug_entry, 12);

#define BUGFLAG_WARNING		(1 << 0)	/* report and go on */
#define BUGFLAG_TAINT(taint)	((taint) << 8)
#define TAINT_WARN		9

#define __BUG_ENTRY(bug_flags)							\
	__asm__ __volatile__("1:	ud2\n"					\
		"	.pushsection __bug_table, \"aw\"\n"			\
		"2:	.long 1b - .\n"						\
		"	.long %c0 - .\n"					\
		"	.word %c1\n"						\
		"	.word %c2\n"						\
		"	.org 2b + %c3\n"					\
		"	.popsection\n"						\
		: : "i" (__FILE__), "i" (__LINE__), "i" (bug_flags),		\
		    "i" (sizeof(struct bug_entry)))

#define BUG() do {								\
		__BUG_ENTRY(0);							\
		__builtin_unreachable();					\
	} while (0)

#define WARN_ON(condition) ({							\
	bool __warn = !!(condition);						\
	if (unlikely(__warn))							\
		__BUG_ENTRY(BUGFLAG_WARNING | BUGFLAG_TAINT(TAINT_WARN));	\
	unlikely(__warn); })

#endif
