/* What the compiler is told beside the C language (the kernel: include/linux/compiler*.h). */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

#define __section(name)	__attribute__((__section__(name)))
#define __aligned(n)	__attribute__((__aligned__(n)))
#define __packed	__attribute__((__packed__))
#define __used		__attribute__((__used__))
#define __unused	__attribute__((__unused__))
#define __cold		__attribute__((__cold__))
#define __noreturn	__attribute__((__noreturn__))
#define noinline	__attribute__((__noinline__))
#define __printf(format, first)	__attribute__((__format__(printf, format, first)))
/* A switch that falls through on purpose. */
#define fallthrough	__attribute__((__fallthrough__))

/* gcc emits variables last to first; tables that people read shall stand in the order of the source. */
#ifdef __clang__
#define __in_order
#else
#define __in_order	__attribute__((__no_reorder__))
#endif

/* Marks pointers that belong to user space; only the kernel's checker, sparse, looks at it. */
#define __user

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

/* The compiler may neither keep nor guess what memory holds across this line. */
#define barrier()	__asm__ __volatile__("" : : : "memory")

/* Exactly one load, or one store, of a variable that someone else looks at too. */
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, value)	(*(volatile __typeof__(x) *)&(x) = (value))

#define __stringify_1(x...)	#x
#define __stringify(x...)	__stringify_1(x)
#define __paste_1(a, b)		a##b
#define __paste(a, b)		__paste_1(a, b)
#define __unique(name)		__paste(name, __COUNTER__)

#define offsetof(type, field)	__builtin_offsetof(type, field)

/*
 * Our structures name only the fields that our modules use; the rest is padding. These lines prove,
 * whenever a module is compiled, that each field lies where Debian's 6.1 kernel looks for it.
 */
#define ABI_OFFSET(type, field, at) _Static_assert(offsetof(type, field) == (at), #type "." #field)
#define ABI_SIZE(type, size)	_Static_assert(sizeof(type) == (size), "size of " #type)

#endif
