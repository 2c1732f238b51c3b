/*
 * test_textdesk.c: the warden's side of the desk and the builder, with the
 * test in the kernel's place.  Built without sanitizers: the builder confines
 * itself to fewer host calls than theirs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/textcache.h"
#include "jail/internal.h"
#include "text/textdir.h"

#define	LIBC	"/lib/x86_64-linux-gnu/libc.so.6"
#define	LD	"/lib64/ld-linux-x86-64.so.2"
#define	BYTES	(16UL << 20)

static struct jail jail;
static struct tc_desk *td;
static char home[] = "/tmp/textdesk-XXXXXX";
static char dir[64];

static int
setup(void **state)
{
	void *want = (void *)ARENA_BASE;

	(void)state;
	(void)snprintf(dir, sizeof(dir), "%s/guise/text", mkdtemp(home));
	(void)setenv("XDG_CACHE_HOME", home, 1);
	jail.j_root = mmap(want, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED |
	    MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	jail.j_size = BYTES;
	td = (struct tc_desk *)(ARENA_BASE + BYTES / 2);
	jail.j_root->r_sub[KROOT_TEXT] = td;
	textdesk_open(&jail);
	(void)strcpy(jail.j_textprog, PROGRAM);
	jail.j_textfd = textdir_path(jail.j_textpath,
	    sizeof(jail.j_textpath)) ? textdir_open(jail.j_textpath) : -1;
	return (jail.j_root == want && jail.j_textfd >= 0 ? 0 : -1);
}

static void
clear_dir(void)
{
	DIR *d = opendir(dir);
	struct dirent *de;

	while (d != NULL && (de = readdir(d)) != NULL)
		(void)unlinkat(dirfd(d), de->d_name, 0);
	if (d != NULL)
		(void)closedir(d);
}

static int
teardown(void **state)
{
	char path[80];

	(void)state;
	textdesk_end();
	clear_dir();
	(void)rmdir(dir);
	(void)snprintf(path, sizeof(path), "%s/guise", home);
	(void)rmdir(path);
	return (rmdir(home));
}

static unsigned
files(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *de;
	unsigned n = 0;

	while (d != NULL && (de = readdir(d)) != NULL)
		n += de->d_name[0] != '.';
	if (d != NULL)
		(void)closedir(d);
	return (n);
}

/* Ask, as the kernel does, without waiting. */
static void
ask(unsigned i, const char *path, uint64_t memory)
{
	struct tc_entry *te = &td->td_ent[i];
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	te->te_fd = fd;
	te->te_cachefd = -1;
	te->te_key = (struct tc_key){ st.st_dev, st.st_ino,
	    (uint64_t)st.st_size,
	    st.st_mtim.tv_sec * NSEC_PER_SEC + st.st_mtim.tv_nsec,
	    st.st_ctim.tv_sec * NSEC_PER_SEC + st.st_ctim.tv_nsec, memory };
	atomic_store(&te->te_state, TC_WANTED);
	(void)atomic_add(&td->td_nwanted, 1);
	(void)atomic_add(&jail.j_root->r_mail, 1);
}

static uint32_t
wait_answer(unsigned i)
{
	for (;;) {
		uint32_t mail = atomic_load(&jail.j_root->r_mail), state;
		struct timespec ts = { 0, 100000000 };

		textdesk_poll(&jail);
		state = atomic_load(&td->td_ent[i].te_state);
		if (state != TC_WANTED && state != TC_BUSY)
			return (state);
		(void)syscall(SYS_futex, &jail.j_root->r_mail, FUTEX_WAIT,
		    mail, &ts, NULL, 0);
	}
}

static uint32_t
want(unsigned i, const char *path, uint64_t memory)
{
	ask(i, path, memory);
	return (wait_answer(i));
}

/* The answer's file: its head tells our key, its pages can be executed. */
static void
check_cache(unsigned i, bool writable)
{
	struct tc_entry *te = &td->td_ent[i];
	struct tc_head h;
	void *p;

	assert_int_equal(pread(te->te_cachefd, &h, sizeof(h), 0), sizeof(h));
	assert_true(h.th_magic == TC_MAGIC && h.th_version == TC_VERSION);
	assert_memory_equal(&h.th_key, &te->te_key, sizeof(h.th_key));
	assert_true(h.th_nseg > 0 && h.th_nsites > 10);
	p = mmap(NULL, h.th_seg[0].tsg_len, PROT_READ | PROT_EXEC, MAP_PRIVATE,
	    te->te_cachefd, (off_t)h.th_seg[0].tsg_data);
	assert_true(p != MAP_FAILED);
	(void)munmap(p, h.th_seg[0].tsg_len);
	/* Nobody in the jail can change what others will execute. */
	assert_int_equal(write(te->te_cachefd, "x", 1), -1);
	assert_int_equal(errno, writable ? EPERM : EBADF);
}

static void
test_build(void **state)
{
	(void)state;
	assert_int_equal(want(0, LIBC, 0), TC_READY);
	check_cache(0, false);
	assert_int_equal(files(dir), 1);
	/* Passed on and closed. */
	assert_true(fcntl(td->td_ent[0].te_fd, F_GETFD) == -1 ||
	    td->td_ent[0].te_fd == td->td_ent[0].te_cachefd);
	/* Found, not built again. */
	assert_int_equal(want(1, LIBC, 0), TC_READY);
	check_cache(1, false);
	assert_int_equal(files(dir), 1);
}

static void
test_many(void **state)
{
	(void)state;
	for (unsigned i = 2; i < 22; i++)
		ask(i, i % 2 != 0 ? LD : LIBC, 0);
	for (unsigned i = 2; i < 22; i++)
		assert_int_equal(wait_answer(i), TC_READY);
	assert_int_equal(files(dir), 2);
}

static void
test_memory(void **state)
{
	(void)state;
	assert_int_equal(want(30, LD, 7), TC_READY);
	check_cache(30, true);
	assert_int_equal(files(dir), 2);
}

static void
test_never(void **state)
{
	struct tc_entry *te = &td->td_ent[40];

	(void)state;
	assert_int_equal(want(40, "/etc/passwd", 0), TC_NEVER);
	assert_int_equal(want(40, "/", 0), TC_NEVER);
	assert_int_equal(want(40, "/dev/null", 0), TC_NEVER);
	/* A file without sites leaves a note for the next start. */
	assert_int_equal(want(40, "/bin/true", 0), TC_NEVER);
	assert_int_equal(files(dir), 3);
	/* Changed since the kernel looked. */
	ask(40, LD, 0);
	te->te_key.tk_mtime++;
	assert_int_equal(wait_answer(40), TC_NEVER);
	assert_int_equal(files(dir), 3);
	te->te_fd = -1;
	te->te_state = TC_WANTED;
	(void)atomic_add(&td->td_nwanted, 1);
	assert_int_equal(wait_answer(40), TC_NEVER);
}

/* What is damaged, or no file at all, is replaced. */
static void
test_damaged(void **state)
{
	char name[TC_NAMELEN];
	int fd;

	(void)state;
	tc_name(&td->td_ent[0].te_key, name);
	fd = openat(jail.j_textfd, name, O_RDWR);
	assert_int_equal(ftruncate(fd, 5000), 0);
	(void)close(fd);
	assert_int_equal(want(50, LIBC, 0), TC_READY);
	check_cache(50, false);
	assert_int_equal(unlinkat(jail.j_textfd, name, 0), 0);
	assert_int_equal(symlinkat("/etc/passwd", jail.j_textfd, name), 0);
	assert_int_equal(want(50, LIBC, 0), TC_READY);
	check_cache(50, false);
}

/* The builder may die at any time; the third time it stays dead. */
static int
builder_pid(void)
{
	char buf[64], path[64];
	int pid = 0;
	FILE *fp;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children",
	    (int)getpid());
	if ((fp = fopen(path, "r")) == NULL)
		return (0);
	if (fgets(buf, sizeof(buf), fp) != NULL)
		pid = atoi(buf);
	(void)fclose(fp);
	return (pid);
}

static void
test_death(void **state)
{
	int pid, n = 0;

	(void)state;
	while ((pid = builder_pid()) > 0 && n < 10) {
		uint32_t st;

		assert_int_equal(kill(pid, SIGSTOP), 0);
		ask(60, LD, 0);
		textdesk_poll(&jail);
		assert_int_equal(kill(pid, SIGKILL), 0);
		st = wait_answer(60);
		assert_int_equal(st, TC_NEVER);
		n++;
		(void)want(60, LD, 0);
	}
	assert_int_equal(n, 3);
	assert_int_equal(want(61, LD, 0), TC_NEVER);
}

/* It ends when nobody asks, and comes back. */
static void
test_idle(void **state)
{
	(void)state;
	assert_true(builder_pid() > 0);
	while (builder_pid() > 0) {
		struct timespec ts = { 0, 50000000 };

		textdesk_poll(&jail);
		(void)nanosleep(&ts, NULL);
	}
	assert_int_equal(want(70, LD, 0), TC_READY);
}

/* The least recently used go first. */
static void
test_prune(void **state)
{
	struct timespec old[2] = { { 1000, 0 }, { 1000, 0 } };
	char name[TC_NAMELEN];

	(void)state;
	tc_name(&td->td_ent[0].te_key, name);
	assert_int_equal(utimensat(jail.j_textfd, name, old, 0), 0);
	textdir_prune(jail.j_textfd, 1 << 20);
	assert_int_equal(faccessat(jail.j_textfd, name, F_OK, 0), -1);
	assert_int_equal(files(dir), 2);
	textdir_prune(jail.j_textfd, 0);
	assert_int_equal(files(dir), 0);
}

/* The jail is over, its wishes are not. */
static void
test_leave(void **state)
{
	char name[2][TC_NAMELEN];

	(void)state;
	clear_dir();
	ask(80, LD, 0);
	ask(81, "/etc/passwd", 0);
	ask(82, LIBC, 0);
	textdesk_leave(&jail);
	tc_name(&td->td_ent[80].te_key, name[0]);
	tc_name(&td->td_ent[82].te_key, name[1]);
	/* It ends by itself, with all done. */
	assert_true(waitpid(-1, NULL, __WALL) > 0);
	assert_int_equal(faccessat(jail.j_textfd, name[0], F_OK, 0), 0);
	assert_int_equal(faccessat(jail.j_textfd, name[1], F_OK, 0), 0);
	/* And there may be another. */
	assert_int_equal(want(83, LD, 0), TC_READY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_build),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_never),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_prune),
		cmocka_unit_test(test_leave),
		cmocka_unit_test(test_death),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
