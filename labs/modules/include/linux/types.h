/* The kernel's names for integers (include/linux/types.h). */
#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

#include <linux/compiler.h>

typedef unsigned char		u8;
typedef unsigned short		u16;
typedef unsigned int		u32;
typedef unsigned long long	u64;
typedef signed char		s8;
typedef short			s16;
typedef int			s32;
typedef long long		s64;

/* As the disk and the wire have them: least significant byte first, which is x86's own order. */
typedef u16			__le16;
typedef u32			__le32;

typedef unsigned long		size_t;
typedef long			ssize_t;
typedef long long		loff_t;
typedef u64			sector_t;
typedef unsigned short		umode_t;
typedef unsigned int		fmode_t;
typedef unsigned int		gfp_t;

typedef _Bool			bool;
#define true			1
#define false			0

#define NULL			((void *)0)

/* A link of a doubly linked ring: the head of a list, or a member of one. */
struct list_head {
	struct list_head *next, *prev;
};

#endif
