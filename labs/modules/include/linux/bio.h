/*
 * A request to a disk: read or write these sectors, to or from these pieces of memory
 * (include/linux/blk_types.h, bio.h, bvec.h).
 */
#ifndef _LINUX_BIO_H
#define _LINUX_BIO_H

#include <linux/mm.h>

#define SECTOR_SHIFT	9
#define SECTOR_SIZE	512

/* A piece of memory: from bv_offset in bv_page on, perhaps into the pages that follow. */
struct bio_vec {
	struct page *bv_page;
	unsigned int bv_len;
	unsigned int bv_offset;
};

ABI_SIZE(struct bio_vec, 16);

/* How far a request has come. */
struct bvec_iter {
	sector_t bi_sector;		/* on the whole disk, in units of 512 bytes */
	unsigned int bi_size;		/* bytes left */
	unsigned int bi_idx;		/* in bi_io_vec */
	unsigned int bi_bvec_done;	/* bytes done of that piece */
} __packed;

ABI_SIZE(struct bvec_iter, 20);

struct block_device;

struct bio {
	struct bio *bi_next;
	struct block_device *bi_bdev;
	unsigned int bi_opf;		/* what to do, and flags */
	unsigned short bi_flags;
	unsigned short bi_ioprio;
	u8 bi_status;			/* BLK_STS_* */
	int __bi_remaining;
	struct bvec_iter bi_iter;
	unsigned int bi_cookie;
	void (*bi_end_io)(struct bio *bio);
	void *bi_private;
	char __kernel_part_1[32];
	unsigned short bi_vcnt;
	unsigned short bi_max_vecs;
	int __bi_cnt;
	struct bio_vec *bi_io_vec;
	void *bi_pool;
};

ABI_SIZE(struct bio, 128);
ABI_OFFSET(struct bio, bi_opf, 16);
ABI_OFFSET(struct bio, bi_status, 24);
ABI_OFFSET(struct bio, bi_iter, 32);
ABI_OFFSET(struct bio, bi_end_io, 56);
ABI_OFFSET(struct bio, bi_vcnt, 104);
ABI_OFFSET(struct bio, bi_io_vec, 112);

#define REQ_OP_MASK	0xffu
#define REQ_OP_READ	0u
#define REQ_OP_WRITE	1u

#define BLK_STS_NOTSUPP	1

static inline unsigned int bio_op(const struct bio *bio)
{
	return bio->bi_opf & REQ_OP_MASK;
}

/* The request is done; its status says how it went. */
void bio_endio(struct bio *bio);

static inline void *bvec_virt(const struct bio_vec *piece)
{
	return (char *)page_address(piece->bv_page) + piece->bv_offset;
}

/* The piece of memory at which `iter` stands: what is left of it, and of the request. */
static inline struct bio_vec bio_iter_bvec(const struct bio *bio, const struct bvec_iter *iter)
{
	struct bio_vec piece = bio->bi_io_vec[iter->bi_idx];

	piece.bv_offset += iter->bi_bvec_done;
	piece.bv_len -= iter->bi_bvec_done;
	if (piece.bv_len > iter->bi_size)
		piece.bv_len = iter->bi_size;
	return piece;
}

/* On by `length` bytes, at most to the piece's end. */
static inline void bio_iter_advance(const struct bio *bio, struct bvec_iter *iter, unsigned int length)
{
	iter->bi_size -= length;
	iter->bi_bvec_done += length;
	if (iter->bi_bvec_done == bio->bi_io_vec[iter->bi_idx].bv_len) {
		iter->bi_bvec_done = 0;
		iter->bi_idx++;
	}
}

#define bio_for_each_bvec(piece, bio, iter)						\
	for ((iter) = (bio)->bi_iter;							\
	     (iter).bi_size && ((piece) = bio_iter_bvec(bio, &(iter)), 1);		\
	     bio_iter_advance(bio, &(iter), (piece).bv_len))

#endif
