/*
 * Exec against signals: a process that execs itself over and over is sent
 * ignored ones, is stopped and continued, and is killed at the end.  What is
 * ignored stays so, a blocked one stays pending, and it never ends by itself.
 */
#include "race.h"

#define GENERATIONS	12

static void
leaf(char **argv)
{
	char left[16];
	sigset_t s;
	int n = atoi(argv[2]);

	sigpending(&s);
	if (!sigismember(&s, SIGRTMIN + 3))
		_exit(31);
	sigprocmask(SIG_BLOCK, NULL, &s);
	if (!sigismember(&s, SIGRTMIN + 3) || sigismember(&s, SIGUSR1))
		_exit(32);
	if (n == 0)
		for (;;)
			pause();
	snprintf(left, sizeof(left), "%d", n - 1);
	execl("/proc/self/exe", argv[0], "leaf", left, NULL);
	_exit(33);
}

int
main(int argc, char **argv)
{
	int rounds, i, k, st;
	uint32_t seed = 31;
	char *self, gen[16];
	sigset_t s;
	pid_t pid;

	if (argc > 2 && strcmp(argv[1], "leaf") == 0)
		leaf(argv);
	rounds = rounds_of(argc, argv, 150);
	self = realpath(argv[0], NULL);
	CHECK(self != NULL);
	snprintf(gen, sizeof(gen), "%d", GENERATIONS);
	for (i = 0; i < rounds; i++) {
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			signal(SIGUSR1, SIG_IGN);
			sigemptyset(&s);
			sigaddset(&s, SIGRTMIN + 3);
			sigprocmask(SIG_BLOCK, &s, NULL);
			raise(SIGRTMIN + 3);
			raise(SIGSTOP);
			execl(self, "exec_kill", "leaf", gen, NULL);
			_exit(34);
		}
		CHECK(waitpid(pid, &st, WUNTRACED) == pid && WIFSTOPPED(st));
		CHECK(kill(pid, SIGCONT) == 0);
		for (k = 0; k < 30; k++) {
			jitter(&seed);
			if (k % 10 == 9) {
				CHECK(kill(pid, SIGSTOP) == 0);
				CHECK(waitpid(pid, &st, WUNTRACED) == pid);
				if (!WIFSTOPPED(st))
					violation("ended: %x", st);
				CHECK(kill(pid, SIGCONT) == 0);
			} else
				CHECK(kill(pid, SIGUSR1) == 0);
			if (rnd(&seed) % 4 == 0)
				usleep(rnd(&seed) % 300);
		}
		CHECK(waitpid(pid, &st, WNOHANG) == 0);
		CHECK(kill(pid, SIGKILL) == 0);
		reap_killed(pid, SIGKILL);
	}
	return (ok("exec_kill", rounds));
}
