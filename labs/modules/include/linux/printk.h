/*
 * The kernel's log (include/linux/printk.h). A line begins with its level: the byte 1 and a digit.
 * The function is called _printk since 5.15; printk is the macro around it.
 */
#ifndef _LINUX_PRINTK_H
#define _LINUX_PRINTK_H

#include <linux/compiler.h>

#define KERN_SOH	"\001"
#define KERN_ERR	KERN_SOH "3"
#define KERN_WARNING	KERN_SOH "4"
#define KERN_NOTICE	KERN_SOH "5"
#define KERN_INFO	KERN_SOH "6"

__printf(1, 2) int _printk(const char *format, ...);

#define printk(format, arguments...)	_printk(format, ##arguments)

/* Every line of a module begins with the module's name. */
#define pr_fmt(format)	KBUILD_MODNAME ": " format

#define pr_err(format, arguments...)	printk(KERN_ERR pr_fmt(format), ##arguments)
#define pr_warn(format, arguments...)	printk(KERN_WARNING pr_fmt(format), ##arguments)
#define pr_notice(format, arguments...)	printk(KERN_NOTICE pr_fmt(format), ##arguments)
#define pr_info(format, arguments...)	printk(KERN_INFO pr_fmt(format), ##arguments)

#endif
