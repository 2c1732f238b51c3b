/*
 * One descriptor table, several threads: a new number is never given twice,
 * and a descriptor always leads to the file it was opened for.
 */
#include "race.h"

static volatile char used[1024];
static char names[4][32];

static void *
opens(void *arg)
{
	static int counter;
	int rounds = *(int *)arg, i, fd, d, p[2];
	int me = __atomic_fetch_add(&counter, 1, __ATOMIC_SEQ_CST);
	char c;

	for (i = 0; i < rounds; i++) {
		fd = open(names[me], O_RDONLY);
		CHECK(fd > 2 && fd < 1024);
		CHECK(__atomic_exchange_n(&used[fd], 1, __ATOMIC_SEQ_CST)
		    == 0);
		CHECK(read(fd, &c, 1) == 1 && c == 'a' + me);
		d = dup(fd);
		CHECK(d > 2 && d != fd);
		CHECK(__atomic_exchange_n(&used[d], 1, __ATOMIC_SEQ_CST) == 0);
		CHECK(read(d, &c, 1) == 0);
		used[d] = 0;
		CHECK(close(d) == 0);
		used[fd] = 0;
		CHECK(close(fd) == 0);
		if (i % 8 == 0) {
			CHECK(pipe(p) == 0);
			CHECK(write(p[1], "z", 1) == 1);
			CHECK(read(p[0], &c, 1) == 1 && c == 'z');
			close(p[0]);
			close(p[1]);
		}
	}
	return (NULL);
}

static volatile int finished;

static void *
forks(void *arg)
{
	pid_t pid;

	while (!finished) {
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0)
			_exit(0);
		reap_exit(pid, 0);
	}
	return (arg);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 4000), i, fd;
	pthread_t t[4], f;

	for (i = 0; i < 4; i++) {
		char c = 'a' + i;
		strcpy(names[i], "/tmp/race-fd-XXXXXX");
		fd = mkstemp(names[i]);
		CHECK(fd >= 0 && write(fd, &c, 1) == 1);
		close(fd);
	}
	f = spawn(forks, NULL);
	for (i = 0; i < 4; i++)
		t[i] = spawn(opens, &rounds);
	for (i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	finished = 1;
	pthread_join(f, NULL);
	for (i = 0; i < 4; i++)
		unlink(names[i]);
	return (ok("fd_table", 4 * rounds));
}
