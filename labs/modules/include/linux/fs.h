/* An open file, and what a driver does for it (include/linux/fs.h). */
#ifndef _LINUX_FS_H
#define _LINUX_FS_H

#include <linux/types.h>

struct inode;
struct module;

/* One open: two processes that open the same device have two. */
struct file {
	char __kernel_part_1[64];
	unsigned int f_flags;
	fmode_t f_mode;
	char __kernel_part_2[128];
	void *private_data;	/* the driver's own */
	char __kernel_part_3[24];
};

ABI_SIZE(struct file, 232);
ABI_OFFSET(struct file, f_flags, 64);
ABI_OFFSET(struct file, private_data, 200);

/* The functions that read(2), write(2) and the others end in. All but `owner` may be NULL. */
struct file_operations {
	struct module *owner;	/* who must not be removed while a file is open */
	loff_t (*llseek)(struct file *file, loff_t offset, int whence);
	ssize_t (*read)(struct file *file, char __user *buffer, size_t length, loff_t *position);
	ssize_t (*write)(struct file *file, const char __user *buffer, size_t length, loff_t *position);
	void *__kernel_part_1[6];
	long (*unlocked_ioctl)(struct file *file, unsigned int command, unsigned long argument);
	long (*compat_ioctl)(struct file *file, unsigned int command, unsigned long argument);
	void *__kernel_part_2[2];
	int (*open)(struct inode *inode, struct file *file);
	void *__kernel_part_3;
	int (*release)(struct inode *inode, struct file *file);
	void *__kernel_part_4[18];
};

ABI_SIZE(struct file_operations, 280);
ABI_OFFSET(struct file_operations, read, 16);
ABI_OFFSET(struct file_operations, write, 24);
ABI_OFFSET(struct file_operations, unlocked_ioctl, 80);
ABI_OFFSET(struct file_operations, open, 112);
ABI_OFFSET(struct file_operations, release, 128);

/* What `read` often is: a part of `from`, which has `available` bytes; *position moves on. */
ssize_t simple_read_from_buffer(void __user *to, size_t length, loff_t *position, const void *from,
				size_t available);

#endif
