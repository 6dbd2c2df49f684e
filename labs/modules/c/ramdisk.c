/*
 * ramdisk: a disk of one mebibyte that lies in memory and has two partitions.
 *
 * add_disk does not only register: before it returns, the kernel reads the partition table, and for that
 * it calls submit_bio, in a module whose init has not returned yet. The printed count proves it. A
 * loader that keeps a module's functions from being called before its init has returned cannot
 * work with disks; that is the story of chapter 9.
 */
#include <linux/atomic.h>
#include <linux/blkdev.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#define SECTORS		2048
#define MINORS		16
#define LINUX_PARTITION	0x83

/* One of the four records at byte 446 of the first sector; 55 AA follows them. */
struct mbr_partition {
	u8 active;
	u8 first_chs[3];	/* cylinder, head, sector: nobody looks at them any more */
	u8 type;
	u8 last_chs[3];
	__le32 first_sector;
	__le32 sectors;
} __packed;

struct mbr {
	u8 boot_code[446];
	struct mbr_partition partitions[4];
	u8 signature[2];
} __packed;

static int major;
static struct gendisk *disk;
static u8 *memory;
static atomic_t requests;

static void write_partition_table(void)
{
	struct mbr *mbr = (struct mbr *)memory;

	mbr->partitions[0] = (struct mbr_partition){
		.type = LINUX_PARTITION, .first_sector = 64, .sectors = 960 };
	mbr->partitions[1] = (struct mbr_partition){
		.type = LINUX_PARTITION, .first_sector = 1024, .sectors = 1024 };
	mbr->signature[0] = 0x55;
	mbr->signature[1] = 0xaa;
	strscpy((char *)memory + 64 * SECTOR_SIZE, "This is the first partition.\n", SECTOR_SIZE);
	strscpy((char *)memory + 1024 * SECTOR_SIZE, "This is the second partition.\n", SECTOR_SIZE);
}

/* One request, for sectors counted from the disk's beginning: the kernel has added the partition's. */
static void ramdisk_submit_bio(struct bio *bio)
{
	u8 *place = memory + (bio->bi_iter.bi_sector << SECTOR_SHIFT);
	struct bvec_iter iter;
	struct bio_vec piece;

	atomic_inc(&requests);
	bio_for_each_bvec(piece, bio, iter) {
		if (bio_op(bio) == REQ_OP_READ)
			memcpy(bvec_virt(&piece), place, piece.bv_len);
		else if (bio_op(bio) == REQ_OP_WRITE)
			memcpy(place, bvec_virt(&piece), piece.bv_len);
		else
			bio->bi_status = BLK_STS_NOTSUPP;
		place += piece.bv_len;
	}
	bio_endio(bio);
}

static const struct block_device_operations ramdisk_fops = {
	.owner = THIS_MODULE,
	.submit_bio = ramdisk_submit_bio,
};

static int __init ramdisk_init(void)
{
	int error = -ENOMEM;

	memory = vzalloc(SECTORS * SECTOR_SIZE);
	if (!memory)
		return error;
	write_partition_table();

	error = major = register_blkdev(0, "ramdisk");
	if (error < 0)
		goto free_memory;

	error = -ENOMEM;
	disk = blk_alloc_disk(NUMA_NO_NODE);
	if (!disk)
		goto unregister;
	disk->major = major;
	disk->minors = MINORS;
	disk->fops = &ramdisk_fops;
	strscpy(disk->disk_name, "ramdisk", DISK_NAME_LEN);
	set_capacity(disk, SECTORS);

	error = add_disk(disk);
	if (error)
		goto put;
	pr_info("requests served before init has returned: %d\n", atomic_read(&requests));
	return 0;

put:
	put_disk(disk);
unregister:
	unregister_blkdev(major, "ramdisk");
free_memory:
	vfree(memory);
	return error;
}

static void __exit ramdisk_exit(void)
{
	del_gendisk(disk);
	put_disk(disk);
	unregister_blkdev(major, "ramdisk");
	vfree(memory);
}

module_init(ramdisk_init)
module_exit(ramdisk_exit)

MODULE_DESCRIPTION("A disk in memory, with two partitions");
MODULE_LICENSE("Dual MIT/GPL");
