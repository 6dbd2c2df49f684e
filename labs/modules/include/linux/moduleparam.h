/*
 * Parameters that are set when the module is inserted (include/linux/moduleparam.h).
 *
 * module_param(beats, uint, 0444) writes a struct kernel_param into the section __param, where the
 * loader finds it: the name, the operations that read and write the type, the variable's address. The
 * type is checked by the compiler, and anyone can add a type by writing a struct kernel_param_ops.
 */
#ifndef _LINUX_MODULEPARAM_H
#define _LINUX_MODULEPARAM_H

#include <linux/compiler.h>
#include <linux/types.h>

/* The `info` string "tag=info" in the section .modinfo; modinfo(8) prints it. */
#define MODULE_INFO(tag, info)							\
	static const char __unique(__modinfo_)[]				\
	__used __in_order __section(".modinfo") __aligned(1) = #tag "=" info

#define MODULE_PARM_DESC(name, text)	MODULE_INFO(parm, #name ":" text)

struct module;
struct kernel_param;

/* How parameters of one type are read and written. */
struct kernel_param_ops {
	/* KERNEL_PARAM_OPS_FL_NOARG: the name alone, without "=value", is enough; `set` then gets NULL. */
	unsigned int flags;
	/* 0 or a negative errno. */
	int (*set)(const char *value, const struct kernel_param *param);
	/* Writes at most a page, returns the length. */
	int (*get)(char *buffer, const struct kernel_param *param);
	/* Called when the module goes; may be NULL. */
	void (*free)(void *arg);
};

#define KERNEL_PARAM_OPS_FL_NOARG	1

ABI_SIZE(struct kernel_param_ops, 32);
ABI_OFFSET(struct kernel_param_ops, set, 8);

/* In a parameter's flags: setting it taints the kernel. */
#define KERNEL_PARAM_FL_UNSAFE	(1 << 0)

/* One parameter: a record of the section __param. */
struct kernel_param {
	const char *name;
	struct module *mod;
	const struct kernel_param_ops *ops;
	const u16 perm;		/* of the file under /sys/module; 0 is no file */
	s8 level;		/* -1 in modules; initcall levels are for what is built in */
	u8 flags;
	union {
		void *arg;
		const struct kparam_string *str;
		const struct kparam_array *arr;
	};
};

ABI_SIZE(struct kernel_param, 40);
ABI_OFFSET(struct kernel_param, perm, 24);
ABI_OFFSET(struct kernel_param, arg, 32);

/* What `arg` points to where the parameter is a buffer for a string. */
struct kparam_string {
	unsigned int maxlen;	/* the final zero included */
	char *string;
};

ABI_SIZE(struct kparam_string, 16);

/* What `arg` points to where the parameter is an array. */
struct kparam_array {
	unsigned int max;
	unsigned int elemsize;
	unsigned int *num;	/* how many were given; may be NULL */
	const struct kernel_param_ops *ops;	/* of one element */
	void *elem;
};

ABI_SIZE(struct kparam_array, 32);

extern const struct kernel_param_ops param_ops_int, param_ops_uint, param_ops_bool, param_ops_charp;
extern const struct kernel_param_ops param_ops_string, param_array_ops;

/* The compiler's part: a pointer to the variable must be a pointer to the type. */
#define __param_check(name, pointer, type)	\
	static inline type *__unused __check_##name(void) { return (pointer); }
#define param_check_int(name, pointer)		__param_check(name, pointer, int)
#define param_check_uint(name, pointer)		__param_check(name, pointer, unsigned int)
#define param_check_bool(name, pointer)		__param_check(name, pointer, bool)
#define param_check_charp(name, pointer)	__param_check(name, pointer, char *)

#define __module_param_call(_name, _ops, _arg, _perm, _flags)			\
	static const char __param_str_##_name[] = #_name;			\
	static const struct kernel_param __param_##_name			\
	__used __in_order __section("__param") __aligned(8) = {			\
		.name = __param_str_##_name, .mod = THIS_MODULE,		\
		.ops = (_ops), .perm = (_perm), .level = -1, .flags = (_flags), .arg = (void *)(_arg) }

#define __MODULE_PARM_TYPE(name, type)	MODULE_INFO(parmtype, #name ":" type)

/* A parameter with operations of one's own. */
#define module_param_cb(name, ops, arg, perm)	__module_param_call(name, ops, arg, perm, 0)

#define module_param_named(name, variable, type, perm)				\
	param_check_##type(name, &(variable))					\
	__module_param_call(name, &param_ops_##type, &(variable), perm, 0);	\
	__MODULE_PARM_TYPE(name, #type)

#define module_param(name, type, perm)	module_param_named(name, name, type, perm)

/* Whoever sets it taints the kernel: for what may do harm, and is there for developers. */
#define module_param_named_unsafe(name, variable, type, perm)			\
	param_check_##type(name, &(variable))					\
	__module_param_call(name, &param_ops_##type, &(variable), perm,		\
			    KERNEL_PARAM_FL_UNSAFE);				\
	__MODULE_PARM_TYPE(name, #type)

#define module_param_unsafe(name, type, perm)	module_param_named_unsafe(name, name, type, perm)

#define module_param_string(name, buffer, length, perm)				\
	static const struct kparam_string __param_string_##name = {		\
		.maxlen = (length), .string = (buffer) };			\
	__module_param_call(name, &param_ops_string, &__param_string_##name, perm, 0); \
	__MODULE_PARM_TYPE(name, "string")

#define module_param_array(name, type, count, perm)				\
	param_check_##type(name, &(name)[0])					\
	static const struct kparam_array __param_array_##name = {		\
		.max = sizeof(name) / sizeof((name)[0]), .elemsize = sizeof((name)[0]), \
		.num = (count), .ops = &param_ops_##type, .elem = (name) };	\
	__module_param_call(name, &param_array_ops, &__param_array_##name, perm, 0); \
	__MODULE_PARM_TYPE(name, "array of " #type)

#endif
