/* A character device with a name and no further ambitions: /dev/NAME (include/linux/miscdevice.h). */
#ifndef _LINUX_MISCDEVICE_H
#define _LINUX_MISCDEVICE_H

#include <linux/fs.h>

#define MISC_DYNAMIC_MINOR	255

struct miscdevice {
	int minor;		/* MISC_DYNAMIC_MINOR: the kernel chooses */
	const char *name;
	const struct file_operations *fops;
	struct list_head list;
	void *parent, *this_device, *groups;
	const char *nodename;
	umode_t mode;		/* of the file in /dev; 0 is 0600 */
};

ABI_SIZE(struct miscdevice, 80);
ABI_OFFSET(struct miscdevice, fops, 16);
ABI_OFFSET(struct miscdevice, nodename, 64);
ABI_OFFSET(struct miscdevice, mode, 72);

int misc_register(struct miscdevice *device);
void misc_deregister(struct miscdevice *device);

#endif
