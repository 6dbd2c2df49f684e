// ANCHOR: insmod
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int file = argc > 1 ? open(argv[1], O_RDONLY) : -1;
	const char *parameters = argc > 2 ? argv[2] : "";

	if (file < 0) {
		perror("insmod: cannot open the module");
		return 1;
	}
	if (syscall(SYS_finit_module, file, parameters, 0)) {
		perror("insmod: cannot insert the module");
		return 1;
	}
	return 0;
}
// ANCHOR_END: insmod
