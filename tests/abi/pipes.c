/*
 * Pipes and FIFOs.
 */
#include "abitest.h"

#include <sys/ioctl.h>

static char big[1 << 20];

static void
case_basic(void)
{
	char buf[16] = "";
	int p[2];

	VAL(pipe(p));
	VAL(write(p[1], "hello", 5));
	VAL(read(p[0], buf, 3));
	VAL(write(p[1], "!", 1));
	VAL(read(p[0], buf + 3, 10));
	say("%s\n", buf);
	close(p[1]);
	VAL(read(p[0], buf, 10));
	VAL(read(p[0], buf, 10));
	VAL(pipe2(p, O_CLOEXEC | O_NONBLOCK));
	VAL(fcntl(p[0], F_GETFD));
	OCT(fcntl(p[1], F_GETFL));
	VAL(read(p[0], buf, 1));
	VAL(pipe2(p, 0x1));
	VAL(pipe(bad_page()));
	/* After a failure no descriptor is left behind. */
	VAL(dup(0));
}

static void
case_capacity(void)
{
	int p[2], n = 0;

	MUST(pipe2(p, O_NONBLOCK));
	while (write(p[1], big, 4096) == 4096)
		n++;
	VAL(n);
	VAL(write(p[1], "x", 1));
	VAL(read(p[0], big, 100));
	/* Whole or not at all up to 4096; beyond, in part. */
	VAL(write(p[1], big, 4096));
	VAL(read(p[0], big, 4096));
	VAL(write(p[1], big, 4096));
	VAL(write(p[1], big, sizeof(big)));
	VAL(read(p[0], big, sizeof(big)));
	VAL(read(p[0], big, sizeof(big)));
	VAL(write(p[1], big, sizeof(big)));
}

static void
case_set_size(void)
{
	int p[2];

	MUST(pipe2(p, O_NONBLOCK));
	VAL(fcntl(p[1], F_SETPIPE_SZ, 4096));
	VAL(write(p[1], big, 5000));
	VAL(write(p[1], big, 1));
	VAL(fcntl(p[1], F_SETPIPE_SZ, 131072));
	VAL(write(p[1], big, 65536));
	VAL(fcntl(p[1], F_SETPIPE_SZ, 4096));
	VAL(fcntl(p[1], F_SETPIPE_SZ, -1));
}

static void
case_blocking_write(void)
{
	int p[2], st;
	size_t total = 0;
	ssize_t n;
	pid_t pid;

	MUST(pipe(p));
	pid = fork();
	if (pid == 0) {
		close(p[0]);
		n = write(p[1], big, sizeof(big));
		_exit(n == sizeof(big) ? 3 : 4);
	}
	close(p[1]);
	while ((n = read(p[0], big, 10000)) > 0)
		total += n;
	VAL(total);
	waitpid(pid, &st, 0);
	say("%s\n", status_text(st));
}

static void
case_atomic(void)
{
	int p[2], i, bad = 0, st;
	unsigned char rec[512];
	size_t got;
	ssize_t n;

	/* Records of four writers are never mixed. */
	MUST(pipe(p));
	for (i = 0; i < 4; i++)
		if (fork() == 0) {
			int j;
			memset(rec, 'a' + i, sizeof(rec));
			for (j = 0; j < 500; j++)
				if (write(p[1], rec, sizeof(rec)) != 512)
					_exit(1);
			_exit(0);
		}
	close(p[1]);
	for (i = 0;; i++) {
		for (got = 0; got < sizeof(rec); got += n) {
			n = read(p[0], rec + got, sizeof(rec) - got);
			if (n <= 0)
				break;
		}
		if (got == 0)
			break;
		for (got = 1; got < sizeof(rec); got++)
			bad += rec[got] != rec[0];
	}
	say("records %d bad %d\n", i, bad);
	while (wait(&st) > 0)
		say("%s\n", status_text(st));
}

static void
case_reader_goes(void)
{
	int p[2];
	pid_t pid;

	signal(SIGPIPE, SIG_IGN);
	MUST(pipe(p));
	while (fcntl(p[1], F_SETFL, O_NONBLOCK) == 0 &&
	    write(p[1], big, 4096) > 0)
		;
	fcntl(p[1], F_SETFL, 0);
	pid = fork();
	if (pid == 0) {
		close(p[0]);
		VAL(write(p[1], "x", 1));
		_exit(0);
	}
	wait_asleep(pid);
	close(p[0]);
	abi_reap(pid);
	VAL(write(p[1], "x", 1));
	VAL(write(p[1], "x", 0));
}

static void
case_writer_goes(void)
{
	char c;
	int p[2];
	pid_t pid;

	MUST(pipe(p));
	pid = fork();
	if (pid == 0) {
		close(p[1]);
		VAL(read(p[0], &c, 1));
		_exit(0);
	}
	wait_asleep(pid);
	close(p[1]);
	abi_reap(pid);
}

static void
case_packet(void)
{
	char buf[16] = "";
	int p[2];

	MUST(pipe2(p, O_DIRECT));
	VAL(write(p[1], "abc", 3));
	VAL(write(p[1], "defgh", 5));
	VAL(read(p[0], buf, 16));
	VAL(read(p[0], buf, 2));
	close(p[1]);
	VAL(read(p[0], buf, 16));
}

static void
case_poll_states(void)
{
	struct pollfd f[2];
	char c;
	int p[2];

	MUST(pipe(p));
	f[0].fd = p[0];
	f[1].fd = p[1];
	f[0].events = f[1].events = POLLIN | POLLOUT;
#define SHOW() do { VAL(poll(f, 2, 0));					\
		say("r %x w %x\n", f[0].revents, f[1].revents); } while (0)
	SHOW();
	VAL(write(p[1], "x", 1));
	SHOW();
	fcntl(p[1], F_SETFL, O_NONBLOCK);
	while (write(p[1], big, 4096) > 0)
		;
	SHOW();
	close(p[0]);
	f[0].fd = -1;
	SHOW();
	MUST(pipe(p));
	VAL(write(p[1], "x", 1));
	close(p[1]);
	f[0].fd = p[0];
	f[1].fd = -1;
	SHOW();
	VAL(read(p[0], &c, 1));
	SHOW();
	f[1].fd = 99;
	SHOW();
}

static void
case_fifo(void)
{
	char buf[16] = "";
	struct stat st;
	pid_t pid;
	int r, w;

	MUST(mkfifo("fifo", 0640));
	VAL(mkfifo("fifo", 0640));
	VAL(open("fifo", O_WRONLY | O_NONBLOCK));
	pid = fork();
	if (pid == 0) {
		w = open("fifo", O_WRONLY);
		_exit(write(w, "through", 7) == 7 ? 0 : 1);
	}
	r = MUST(open("fifo", O_RDONLY));
	VAL(read(r, buf, 16));
	say("%s\n", buf);
	VAL(read(r, buf, 16));
	abi_reap(pid);
	/* One open for both never blocks. */
	w = MUST(open("fifo", O_RDWR));
	VAL(write(w, "abc", 3));
	VAL(read(r, buf, 2));
	VAL(unlink("fifo"));
	VAL(read(w, buf, 10));
	MUST(fstat(w, &st));
	YES(S_ISFIFO(st.st_mode));
	VAL(lseek(w, 0, SEEK_SET));
	fcntl(r, F_SETFL, O_NONBLOCK);
	VAL(read(r, buf, 1));
	close(w);
	VAL(read(r, buf, 1));
}

static void
case_fifo_nonblock_reader(void)
{
	struct pollfd f;
	char c;
	int r, w;

	MUST(mkfifo("fifo", 0600));
	r = MUST(open("fifo", O_RDONLY | O_NONBLOCK));
	VAL(read(r, &c, 1));
	f.fd = r;
	f.events = POLLIN;
	VAL(poll(&f, 1, 0));
	say("%x\n", f.revents);
	w = MUST(open("fifo", O_WRONLY | O_NONBLOCK));
	VAL(read(r, &c, 1));
	close(w);
	VAL(poll(&f, 1, 0));
	say("%x\n", f.revents);
}

static void
case_proc_reopen(void)
{
	char path[64], buf[8] = "";
	int p[2], w;

	/* As the shell's process substitution does. */
	MUST(pipe(p));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", p[1]);
	w = MUST(open(path, O_WRONLY));
	close(p[1]);
	VAL(write(w, "via", 3));
	close(w);
	VAL(read(p[0], buf, 8));
	say("%s\n", buf);
	VAL(read(p[0], buf, 8));
	snprintf(path, sizeof(path), "/dev/fd/%d", p[0]);
	char to[64] = "";
	VAL(readlink(path, to, sizeof(to)) > 6);
	say("%.5s\n", to);
}

static void
case_shell_pipeline(void)
{
	CHILD(execl("/bin/sh", "sh", "-c",
	    "seq 1 20000 | grep 7 | sort -rn | head -3 | tr '\\n' ' '; "
	    "echo; (exit 3) | cat; echo $?; yes | head -1", NULL));
}

static void
case_sigio(void)
{
	sigset_t s;
	siginfo_t si;
	int p[2];

	MUST(pipe(p));
	sigemptyset(&s);
	sigaddset(&s, SIGIO);
	sigprocmask(SIG_BLOCK, &s, NULL);
	VAL(fcntl(p[0], F_SETOWN, getpid()));
	YES(fcntl(p[0], F_GETOWN) == getpid());
	VAL(fcntl(p[0], F_SETFL, O_ASYNC));
	VAL(write(p[1], "x", 1));
	VAL(sigtimedwait(&s, &si, &(struct timespec){ 5, 0 }) == SIGIO);
}

CASES("pipes",
	CASE(basic), CASE(capacity), CASE(set_size), CASE(blocking_write),
	CASE(atomic), CASE(reader_goes), CASE(writer_goes), CASE(packet),
	CASE(poll_states), CASE(fifo), CASE(fifo_nonblock_reader),
	CASE(proc_reopen), CASE(shell_pipeline), CASE(sigio));
