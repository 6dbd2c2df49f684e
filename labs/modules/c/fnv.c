/*
 * fnv: the hash function FNV-1a with 64 bits, for the kernel's crypto API.
 *
 * Fowler, Noll and Vo's function is no cryptography: it is the smallest hash there is. The module hands
 * out a table of functions with its name on it (cra_module); whoever computes a hash holds a reference.
 */
#include <crypto/internal/hash.h>
#include <linux/module.h>

#define FNV_BASIS	0xcbf29ce484222325ull
#define FNV_PRIME	0x00000100000001b3ull
#define FNV_BYTES	8

static int fnv_init(struct shash_desc *desc)
{
	u64 *hash = shash_desc_ctx(desc);

	*hash = FNV_BASIS;
	return 0;
}

static int fnv_update(struct shash_desc *desc, const u8 *data, unsigned int length)
{
	u64 *hash = shash_desc_ctx(desc);

	while (length--)
		*hash = (*hash ^ *data++) * FNV_PRIME;
	return 0;
}

/* The most significant byte first, so that the digest reads like the number. */
static int fnv_final(struct shash_desc *desc, u8 *out)
{
	u64 hash = *(u64 *)shash_desc_ctx(desc);
	int at;

	for (at = FNV_BYTES - 1; at >= 0; at--, hash >>= 8)
		out[at] = hash;
	return 0;
}

static struct shash_alg fnv_alg = {
	.init = fnv_init,
	.update = fnv_update,
	.final = fnv_final,
	.descsize = sizeof(u64),
	.digestsize = FNV_BYTES,
	.base = {
		.cra_name = "fnv1a64",
		.cra_driver_name = "fnv1a64-course",
		.cra_priority = 100,
		.cra_blocksize = 1,
		.cra_module = THIS_MODULE,
	},
};

static int __init fnv_module_init(void)
{
	return crypto_register_shash(&fnv_alg);
}

static void __exit fnv_module_exit(void)
{
	crypto_unregister_shash(&fnv_alg);
}

module_init(fnv_module_init)
module_exit(fnv_module_exit)

MODULE_ALIAS_CRYPTO("fnv1a64");
MODULE_DESCRIPTION("The hash function FNV-1a, 64 bits");
MODULE_LICENSE("Dual MIT/GPL");
