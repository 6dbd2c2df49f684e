// ANCHOR: insmod_or_old
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef QUERY_MODULE
#define QUERY_MODULE SYS_query_module
#endif

int main(int argc, char **argv)
{
	/* A kernel that links by itself has no use for the question, and no answer. */
	if (syscall(QUERY_MODULE, NULL, 0, NULL, 0, NULL) == 0 || errno != ENOSYS) {
		execvp("insmod.old", argv);
		perror("insmod: cannot run insmod.old");
		return 1;
	}
	printf("this kernel links %s by itself\n", argc > 1 ? argv[1] : "modules");
	return 0;
}
// ANCHOR_END: insmod_or_old
