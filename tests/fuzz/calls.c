/*
 * calls.c: random system calls with hostile arguments, by several processes at
 * once.  What is tested is the kernel below: it must survive; any answer is
 * right.  Runs inside a jail only (it would wreck a real machine):
 *
 *	guise run --rootfs DIR --ephemeral -- calls SEED ROUNDS
 *
 * Prints `ok` when the rounds are over.  A child that dies (it may well map
 * over its own text) is replaced.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define	NCALLS	470
#define	BATCH	400

static uint64_t state;

static uint64_t
rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state);
}

static char *buf;		/* a page that is mapped, then one that is not */

static const char *const paths[] = { "/tmp/f1", "/tmp/f2", "/tmp/d/f", "/tmp/d",
    "/proc/self/maps", "/proc/self/fd/0", "/dev/null", "/dev/zero", "/dev/tty",
    "/tmp/l", "/tmp/fifo", "/tmp/sock", ".", "..", "/", "/proc/self/exe",
    "/proc/1/stat", "/dev/ptmx", "/sys/devices/system/cpu/online", "" };

static uint64_t
pointer(void)
{
	switch (rnd() % 12) {
	case 0:
		return (0);
	case 1:
		return (rnd());
	case 2:
		return (0x648000000000UL + rnd() % 0x2000);	/* kernel text */
	case 3:
		return (0x649000000000UL + rnd() % 0x100000);	/* its arena */
	case 4:
		return (0x6480001c0000UL + rnd() % 0x20000);	/* its stack */
	case 5:
		return ((uint64_t)buf + 4096 - rnd() % 64);
	case 6:
		return (0x7fffffffff00UL + rnd() % 0x1000);
	case 7:
	case 8:
		strcpy(buf + 2048, paths[rnd() % (sizeof(paths) /
		    sizeof(paths[0]))]);
		return ((uint64_t)buf + 2048);
	default:
		for (int i = 0; i < 16; i++)
			((uint64_t *)buf)[i] = rnd() % 3 ? rnd() % 64 :
			    (uint64_t)buf + rnd() % 4096;
		return ((uint64_t)buf + (rnd() % 16) * 8);
	}
}

static uint64_t
argument(void)
{
	switch (rnd() % 9) {
	case 0:
		return (rnd() % 16);
	case 1:
		return ((uint64_t)-1 - rnd() % 4);
	case 2:
		return (1UL << (rnd() % 64));
	case 3:
		return (rnd());
	case 4:
		return (rnd() % 5000);
	case 5:
		return (rnd() & 0xffff);
	default:
		return (pointer());
	}
}

/* Calls that would only end or block the fuzzer itself. */
static int
skip(long nr)
{
	switch (nr) {
	case SYS_exit:
	case SYS_exit_group:
	case SYS_pause:
	case SYS_rt_sigreturn:
	case SYS_rt_sigsuspend:
	case SYS_reboot:
	case SYS_vfork:
		return (1);
	case SYS_fork:
	case SYS_clone:
	case SYS_clone3:
	case SYS_kill:
	case SYS_tkill:
	case SYS_tgkill:
		return (rnd() % 50 != 0);
	default:
		return (0);
	}
}

static void
alarmed(int sig)
{
	(void)sig;
}

static void
child(uint64_t seed)
{
	struct sigaction sa = { .sa_handler = alarmed };
	int p[2], s[2];

	state = seed | 1;
	if (getpgrp() != getpid())
		(void)setpgid(0, 0);
	buf = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS, -1, 0);
	munmap(buf + 4096, 4096);
	(void)pipe(p);
	(void)socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	(void)open("/tmp/f1", O_RDWR | O_CREAT, 0666);
	(void)open("/tmp", O_RDONLY | O_DIRECTORY);
	(void)open("/proc/self/maps", O_RDONLY);
	sigaction(SIGALRM, &sa, NULL);
	for (int i = 0; i < BATCH; i++) {
		long nr = (long)(rnd() % NCALLS);
		uint64_t a[6];

		if (skip(nr))
			continue;
		for (int j = 0; j < 6; j++)
			a[j] = argument();
		if (getenv("FUZZ_TRACE") != NULL) {
			char t[160];
			int n = snprintf(t, sizeof(t), "%d: %ld(%#lx, %#lx, "
			    "%#lx, %#lx, %#lx, %#lx)\n", getpid(), nr, a[0],
			    a[1], a[2], a[3], a[4], a[5]);

			(void)!write(2, t, (size_t)n);
		}
		sigaction(SIGALRM, &sa, NULL);
		ualarm(3000, 0);	/* no call may hold us for ever */
		(void)syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
		ualarm(0, 0);
	}
	_exit(0);
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	int rounds = argc > 2 ? atoi(argv[2]) : 100;
	int running = 0, died = 0, st;

	state = seed * 0x9e3779b97f4a7c15ULL + 1;
	signal(SIGHUP, SIG_IGN);
	(void)mkdir("/tmp/d", 0777);
	for (int i = 0; i < rounds || running > 0; ) {
		if (i < rounds && running < 3) {
			uint64_t s = rnd();
			pid_t pid = fork();

			if (pid == 0)
				child(s);
			if (pid > 0) {
				running++;
				i++;
			}
			continue;
		}
		if (waitpid(-1, &st, 0) < 0)
			break;
		running--;
		if (st != 0)
			died++;
	}
	printf("ok %d rounds\n", rounds);
	fprintf(stderr, "%d of %d died\n", died, rounds);
	return (0);
}
