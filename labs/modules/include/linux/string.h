/* Strings and blocks of bytes (include/linux/string.h). */
#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H

#include <linux/types.h>

void *memcpy(void *to, const void *from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int byte, size_t length);
int memcmp(const void *a, const void *b, size_t length);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);

/* As strcmp, but a newline at the end makes no difference: for what `echo` writes. */
bool sysfs_streq(const char *a, const char *b);

/* Always ends in zero; the length copied, or -E2BIG. */
ssize_t strscpy(char *to, const char *from, size_t size);

#endif
