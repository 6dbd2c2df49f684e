/*
 * What a module offers to others (include/linux/export.h and export-internal.h).
 *
 * EXPORT_SYMBOL(f) writes a record of three PREL32 references, each relative to itself, to f, to its
 * name and to its namespace's name. The record goes into a section of its own, ___ksymtab+f; the final
 * link sorts those by name into one __ksymtab (src/module.lds), where the kernel searches by halving.
 * SYMBOL_CRC, which the glue writes once it knows the symbol's version, does the same for __kcrctab.
 */
#ifndef _LINUX_EXPORT_H
#define _LINUX_EXPORT_H

#include <linux/compiler.h>

struct kernel_symbol {
	int value_offset;
	int name_offset;
	int namespace_offset;
};

ABI_SIZE(struct kernel_symbol, 12);

#ifdef __GENKSYMS__

/* Read by the tool that computes symbol versions, not by the compiler. */
#define __EXPORT_SYMBOL(symbol, section, namespace)	__GENKSYMS_EXPORT_SYMBOL(symbol)

#else

#define __EXPORT_SYMBOL(symbol, section, namespace)				\
	__asm__("	.pushsection \"__ksymtab_strings\", \"aMS\", @progbits, 1\n"	\
		"__kstrtab_" #symbol ":		.asciz \"" #symbol "\"\n"		\
		"__kstrtabns_" #symbol ":	.asciz \"" namespace "\"\n"		\
		"	.popsection\n"							\
		"	.pushsection \"___ksymtab" section "+" #symbol "\", \"a\"\n"	\
		"	.balign 4\n"							\
		"__ksymtab_" #symbol ":\n"						\
		"	.long " #symbol " - .\n"					\
		"	.long __kstrtab_" #symbol " - .\n"				\
		"	.long __kstrtabns_" #symbol " - .\n"				\
		"	.popsection\n")

#endif

#define EXPORT_SYMBOL(symbol)			__EXPORT_SYMBOL(symbol, "", "")
#define EXPORT_SYMBOL_GPL(symbol)		__EXPORT_SYMBOL(symbol, "_gpl", "")
#define EXPORT_SYMBOL_NS(symbol, namespace)	__EXPORT_SYMBOL(symbol, "", #namespace)
#define EXPORT_SYMBOL_NS_GPL(symbol, namespace)	__EXPORT_SYMBOL(symbol, "_gpl", #namespace)

#define SYMBOL_CRC(symbol, crc, section)					\
	__asm__("	.pushsection \"___kcrctab" section "+" #symbol "\", \"a\"\n"	\
		"	.balign 4\n"							\
		"__crc_" #symbol ":\n"							\
		"	.long " #crc "\n"						\
		"	.popsection\n")

#endif
