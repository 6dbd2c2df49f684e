/* What the module abacus offers to others. */
#ifndef _COURSE_ABACUS_H
#define _COURSE_ABACUS_H

/* How many beads a rod has. */
extern const int abacus_beads;

int abacus_add(int a, int b);

/* For modules under the GPL only. */
int abacus_multiply(int a, int b);

/* In the namespace ABACUS: whoever uses it says MODULE_IMPORT_NS(ABACUS). */
int abacus_power(int base, unsigned int exponent);

#endif
