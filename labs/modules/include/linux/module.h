/* What makes an object a module (include/linux/module.h). */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H

#include <linux/export.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>

#define MODULE_NAME_LEN	56

enum module_state {
	MODULE_STATE_LIVE,	/* can be used */
	MODULE_STATE_COMING,	/* complete; its init runs */
	MODULE_STATE_GOING,	/* on its way out */
	MODULE_STATE_UNFORMED,	/* still being put together */
};

/* The kernel's record of a module: 72 fields, of which a module's own file fills in three. */
struct module {
	enum module_state state;
	struct list_head list;
	char name[MODULE_NAME_LEN];
	char __kernel_part_1[232];
	int (*init)(void);
	char __kernel_part_2[528];
	void (*exit)(void);
	char __kernel_part_3[40];
} __aligned(64);

ABI_SIZE(struct module, 896);
ABI_OFFSET(struct module, name, 24);
ABI_OFFSET(struct module, init, 312);
ABI_OFFSET(struct module, exit, 848);

/* A record of the section __versions: the version that a symbol had when the module was built. */
struct modversion_info {
	unsigned long crc;
	char name[MODULE_NAME_LEN];
};

ABI_SIZE(struct modversion_info, 64);

/* The module that this code is part of. The glue defines it, in .gnu.linkonce.this_module. */
extern struct module __this_module;
#define THIS_MODULE	(&__this_module)

/*
 * A reference keeps `module` from being removed; a NULL module is the kernel itself, and always there.
 * try_module_get fails once the module is on its way out.
 */
bool try_module_get(struct module *module);
void module_put(struct module *module);

/* Gives back the reference that __symbol_get took on whoever exports `symbol`, which must be there. */
void __symbol_put(const char *symbol);

/* The loader calls init_module and cleanup_module: these give the module's functions those names. */
#define module_init(function)							\
	int init_module(void) __attribute__((__alias__(#function)));		\
	static inline int (*__unused __check_init(void))(void) { return function; }
#define module_exit(function)							\
	void cleanup_module(void) __attribute__((__alias__(#function)));	\
	static inline void (*__unused __check_exit(void))(void) { return function; }

#define MODULE_LICENSE(text)		MODULE_INFO(license, text)
#define MODULE_AUTHOR(text)		MODULE_INFO(author, text)
#define MODULE_DESCRIPTION(text)	MODULE_INFO(description, text)
#define MODULE_ALIAS(text)		MODULE_INFO(alias, text)
#define MODULE_IMPORT_NS(namespace)	MODULE_INFO(import_ns, #namespace)

#endif
