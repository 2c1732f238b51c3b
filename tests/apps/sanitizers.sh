# Sanitizers' run times want fixed places of the address space, huge ones.
# (Leaks are not looked for: that needs ptrace.)
export ASAN_OPTIONS=detect_leaks=0:color=never
cat >bug.c <<'E'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int shared;
static void *add(void *p) { shared++; return (p); }
int
main(int argc, char **argv)
{
	pthread_t t;
	char *p = malloc(16);

	memset(p, 'x', 16);
	if (argc > 1 && argv[1][0] == 'h')
		p[16 + argc - 2] = 1;
	if (argc > 1 && argv[1][0] == 'f') {
		free(p);
		puts(p[0] == 'x' ? "x" : "y");
		return (0);
	}
	if (argc > 1 && argv[1][0] == 'r') {
		pthread_create(&t, NULL, add, NULL);
		shared++;
		pthread_join(t, NULL);
	}
	if (argc > 1 && argv[1][0] == 'o')
		printf("%d\n", 0x7fffffff + argc);
	puts("done");
	free(p);
	return (0);
}
E
gcc -g -O0 -fsanitize=address bug.c -o asan && ./asan; echo "asan $?"
for bug in heap free; do
	./asan $bug 2>&1 | grep -o 'ERROR: AddressSanitizer: [a-z-]*'
done
./asan heap 2>/dev/null; echo "found $?"
gcc -g -O0 -fsanitize=undefined bug.c -o ubsan && ./ubsan over 2>&1 |
    grep -o 'signed integer overflow'
gcc -g -O0 -fsanitize=thread -pthread bug.c -o tsan && ./tsan; echo "tsan $?"
./tsan race 2>&1 | grep -o 'WARNING: ThreadSanitizer: data race'
