/* Hash functions that answer at once (include/crypto/hash.h, include/crypto/internal/hash.h). */
#ifndef _CRYPTO_INTERNAL_HASH_H
#define _CRYPTO_INTERNAL_HASH_H

#include <linux/types.h>

#define CRYPTO_MAX_ALG_NAME	128

struct module;
struct crypto_shash;

/* What every algorithm has, of whatever kind (include/linux/crypto.h). */
struct crypto_alg {
	struct list_head cra_list;
	struct list_head cra_users;
	u32 cra_flags;
	unsigned int cra_blocksize;
	unsigned int cra_ctxsize;
	unsigned int cra_alignmask;
	int cra_priority;		/* of two for one name, the higher is taken */
	int cra_refcnt;
	char cra_name[CRYPTO_MAX_ALG_NAME];		/* the algorithm */
	char cra_driver_name[CRYPTO_MAX_ALG_NAME];	/* this implementation of it */
	void *__kernel_part[8];
	struct module *cra_module;
};

ABI_SIZE(struct crypto_alg, 384);
ABI_OFFSET(struct crypto_alg, cra_blocksize, 36);
ABI_OFFSET(struct crypto_alg, cra_name, 56);
ABI_OFFSET(struct crypto_alg, cra_driver_name, 184);
ABI_OFFSET(struct crypto_alg, cra_module, 376);

/* A computation under way. Behind it lie `descsize` bytes for the algorithm's state. */
struct shash_desc {
	struct crypto_shash *tfm;
	void *__ctx[] __aligned(8);
};

ABI_OFFSET(struct shash_desc, __ctx, 8);

static inline void *shash_desc_ctx(struct shash_desc *desc)
{
	return desc->__ctx;
}

struct shash_alg {
	int (*init)(struct shash_desc *desc);
	int (*update)(struct shash_desc *desc, const u8 *data, unsigned int length);
	int (*final)(struct shash_desc *desc, u8 *out);
	void *__kernel_part[7];
	unsigned int descsize;
	unsigned int digestsize __aligned(8);
	unsigned int statesize;
	struct crypto_alg base;
};

ABI_SIZE(struct shash_alg, 480);
ABI_OFFSET(struct shash_alg, descsize, 80);
ABI_OFFSET(struct shash_alg, digestsize, 88);
ABI_OFFSET(struct shash_alg, base, 96);

int crypto_register_shash(struct shash_alg *alg);
void crypto_unregister_shash(struct shash_alg *alg);

/* Whoever asks for the algorithm `name` makes modprobe look for these. */
#define MODULE_ALIAS_CRYPTO(name)	MODULE_ALIAS(name); MODULE_ALIAS("crypto-" name)

#endif
