/*
 * Names: while one process replaces a file by rename and others create and
 * remove beside it, it is always there and always whole.
 */
#include "race.h"

static char dir[] = "/tmp/race-names-XXXXXX";
static volatile uint32_t *sh;

static void
put(const char *name, int v)
{
	char buf[64];
	int fd, i;

	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	CHECK(fd >= 0);
	for (i = 0; i < 64; i++)
		buf[i] = 'a' + v % 26;
	CHECK(write(fd, buf, 64) == 64);
	close(fd);
}

static void
reader(void)
{
	struct stat st;
	char buf[100];
	int fd, i;

	while (sh[0] == 0) {
		CHECK(stat("file", &st) == 0 && st.st_size == 64);
		fd = open("file", O_RDONLY);
		CHECK(fd >= 0);
		CHECK(read(fd, buf, 100) == 64);
		for (i = 1; i < 64; i++)
			CHECK(buf[i] == buf[0]);
		close(fd);
	}
	_exit(0);
}

static void
churner(int me)
{
	char a[32], b[32];

	snprintf(a, sizeof(a), "a%d", me);
	snprintf(b, sizeof(b), "b%d", me);
	while (sh[0] == 0) {
		CHECK(mkdir(a, 0700) == 0);
		CHECK(rename(a, b) == 0);
		CHECK(access(a, F_OK) == -1 && errno == ENOENT);
		CHECK(rmdir(b) == 0);
		put(a, 1);
		CHECK(link(a, b) == 0);
		CHECK(unlink(a) == 0);
		CHECK(unlink(b) == 0);
		CHECK(symlink("file", a) == 0);
		CHECK(access(a, R_OK) == 0);
		CHECK(unlink(a) == 0);
	}
	_exit(0);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 3000), i;
	pid_t pid[4];

	sh = shared_mem(4096);
	CHECK(mkdtemp(dir) != NULL && chdir(dir) == 0);
	put("file", 0);
	for (i = 0; i < 4; i++) {
		pid[i] = fork();
		CHECK(pid[i] >= 0);
		if (pid[i] == 0) {
			if (i < 2)
				reader();
			churner(i);
		}
	}
	for (i = 0; i < rounds; i++) {
		put("new", i);
		CHECK(rename("new", "file") == 0);
	}
	sh[0] = 1;
	for (i = 0; i < 4; i++)
		reap_exit(pid[i], 0);
	CHECK(unlink("file") == 0 && chdir("/") == 0 && rmdir(dir) == 0);
	return (ok("names", rounds));
}
