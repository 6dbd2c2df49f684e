/*
 * abacus: a module that others build on.
 *
 * What EXPORT_SYMBOL names, later modules may use; `merchant` does. While merchant is there, abacus
 * cannot be removed, though nothing here counts anything: the loader keeps the books.
 *
 * The four exports are the four kinds there are: a function for everyone, one for modules under the GPL
 * only, one in a namespace, which an importer has to name, and a variable.
 */
#include <course/abacus.h>
#include <linux/module.h>

const int abacus_beads = 10;
EXPORT_SYMBOL(abacus_beads);

int abacus_add(int a, int b)
{
	return a + b;
}
EXPORT_SYMBOL(abacus_add);

int abacus_multiply(int a, int b)
{
	return a * b;
}
EXPORT_SYMBOL_GPL(abacus_multiply);

int abacus_power(int base, unsigned int exponent)
{
	int result = 1;

	while (exponent--)
		result = abacus_multiply(result, base);
	return result;
}
EXPORT_SYMBOL_NS_GPL(abacus_power, ABACUS);

/* Neither init nor exit: there is nothing to prepare and nothing to tidy up. */

MODULE_DESCRIPTION("Adds, multiplies and raises to powers for other modules");
MODULE_LICENSE("Dual MIT/GPL");
