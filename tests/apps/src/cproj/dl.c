#include <dlfcn.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	void *h = dlopen(argc > 1 ? argv[1] : "", RTLD_NOW);
	int (*f)(const char *, long *);
	long v = 0;

	if (h == NULL || (f = dlsym(h, "eval")) == NULL)
		return 1;
	f("5 * 5", &v);
	printf("dl %ld\n", v);
	return dlclose(h);
}
