/* Disks and their drivers (include/linux/blkdev.h). */
#ifndef _LINUX_BLKDEV_H
#define _LINUX_BLKDEV_H

#include <linux/bio.h>

#define DISK_NAME_LEN	32
#define NUMA_NO_NODE	(-1)

struct module;
struct request_queue;

/* What a driver does for its disks. */
struct block_device_operations {
	void (*submit_bio)(struct bio *bio);
	void *__kernel_part_1[15];
	struct module *owner;	/* who must not be removed while a disk is open */
	void *__kernel_part_2[2];
};

ABI_SIZE(struct block_device_operations, 152);
ABI_OFFSET(struct block_device_operations, owner, 128);

struct gendisk {
	int major;
	int first_minor;
	int minors;		/* the whole disk and its partitions */
	char disk_name[DISK_NAME_LEN];
	char __kernel_part_1[28];
	const struct block_device_operations *fops;
	struct request_queue *queue;
	void *private_data;
	char __kernel_part_2[576];
};

ABI_SIZE(struct gendisk, 672);
ABI_OFFSET(struct gendisk, disk_name, 12);
ABI_OFFSET(struct gendisk, fops, 72);
ABI_OFFSET(struct gendisk, private_data, 88);

/* Major 0: the kernel chooses one and returns it. */
int __register_blkdev(unsigned int major, const char *name, void (*probe)(unsigned int device));
void unregister_blkdev(unsigned int major, const char *name);

static inline int register_blkdev(unsigned int major, const char *name)
{
	return __register_blkdev(major, name, NULL);
}

struct lock_class_key;
struct gendisk *__blk_alloc_disk(int node, struct lock_class_key *key);

/* A disk for a driver that takes requests one by one, in submit_bio. NULL where there is no memory. */
static inline struct gendisk *blk_alloc_disk(int node)
{
	return __blk_alloc_disk(node, NULL);
}

void set_capacity(struct gendisk *disk, sector_t sectors);

struct device;
struct attribute_group;
int device_add_disk(struct device *parent, struct gendisk *disk, const struct attribute_group **groups);

/* From here on the disk can be used, and the first to use it is the kernel: it reads the partitions. */
static inline int add_disk(struct gendisk *disk)
{
	return device_add_disk(NULL, disk, NULL);
}

void del_gendisk(struct gendisk *disk);
void put_disk(struct gendisk *disk);

#endif
