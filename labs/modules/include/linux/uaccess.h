/* Memory of user space: any address may be wrong (include/linux/uaccess.h). */
#ifndef _LINUX_UACCESS_H
#define _LINUX_UACCESS_H

#include <linux/types.h>

/* How many bytes could *not* be copied; 0 is success. */
unsigned long _copy_to_user(void __user *to, const void *from, unsigned long length);
unsigned long _copy_from_user(void *to, const void __user *from, unsigned long length);

static inline unsigned long copy_to_user(void __user *to, const void *from, unsigned long length)
{
	return _copy_to_user(to, from, length);
}

static inline unsigned long copy_from_user(void *to, const void __user *from, unsigned long length)
{
	return _copy_from_user(to, from, length);
}

#endif
