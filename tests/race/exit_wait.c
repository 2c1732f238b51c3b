/*
 * Exit against wait: two threads fork children that end at once, in many
 * ways; each status must be right, and no child is lost or left.
 */
#include "race.h"

static volatile int sigchlds;

static void
count(int sig)
{
	(void)sig;
	sigchlds++;
}

static void *
forks(void *arg)
{
	int rounds = *(int *)arg, i, st;
	uint32_t seed = (uint32_t)(uintptr_t)&i;
	siginfo_t si;
	pid_t pid;

	for (i = 0; i < rounds; i++) {
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			jitter(&seed);
			if (i % 5 == 4)
				kill(getpid(), SIGKILL);
			_exit(i % 200);
		}
		jitter(&seed);
		switch (i % 3) {
		case 0:
			while (waitpid(pid, &st, 0) != pid)
				CHECK(errno == EINTR);
			break;
		case 1:
			memset(&si, 0, sizeof(si));
			while (waitid(P_PID, pid, &si, WEXITED | WNOWAIT) < 0)
				CHECK(errno == EINTR);
			CHECK(si.si_pid == pid);
			CHECK(waitpid(pid, &st, WNOHANG) == pid);
			break;
		default:
			while (waitpid(pid, &st, WNOHANG) != pid)
				sched_yield();
		}
		if (i % 5 == 4)
			CHECK(WIFSIGNALED(st) && WTERMSIG(st) == SIGKILL);
		else
			CHECK(WIFEXITED(st) && WEXITSTATUS(st) == i % 200);
		CHECK(waitpid(pid, &st, WNOHANG) == -1 && errno == ECHILD);
	}
	return (NULL);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 1000);
	pthread_t a, b;

	handle(SIGCHLD, count, 0);
	a = spawn(forks, &rounds);
	b = spawn(forks, &rounds);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	CHECK(wait(NULL) == -1 && errno == ECHILD);
	CHECK(sigchlds > 0 && sigchlds <= 2 * rounds);
	return (ok("exit_wait", 2 * rounds));
}
