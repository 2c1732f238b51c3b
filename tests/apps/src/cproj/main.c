#include <stdio.h>
#include "calc.h"

int
main(int argc, char **argv)
{
	long v;
	int err = argc == 2 ? eval(argv[1], &v) : 1;

	if (err != 0) {
		fprintf(stderr, "%s\n", err == 2 ? "division" : "syntax");
		return err;
	}
	printf("%ld\n", v);
	return 0;
}
