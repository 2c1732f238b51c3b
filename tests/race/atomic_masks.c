/*
 * sigsuspend, ppoll, pselect and epoll_pwait take their mask atomically: of
 * two processes that send each other one signal at a time none is lost.
 */
#include "race.h"

#include <sys/epoll.h>
#include <sys/select.h>

static volatile sig_atomic_t got;

static void
count(int sig)
{
	(void)sig;
	got++;
}

static void
wait_one(int how, int epfd, const sigset_t *open)
{
	struct epoll_event ev;
	int want = got + 1;

	while (got < want) {
		errno = 0;
		switch (how) {
		case 0:
			CHECK(sigsuspend(open) == -1 && errno == EINTR);
			break;
		case 1:
			CHECK(ppoll(NULL, 0, NULL, open) == -1 &&
			    errno == EINTR);
			break;
		case 2:
			CHECK(pselect(0, NULL, NULL, NULL, NULL, open) == -1
			    && errno == EINTR);
			break;
		default:
			CHECK(epoll_pwait(epfd, &ev, 1, -1, open) == -1 &&
			    errno == EINTR);
		}
	}
	CHECK(got == want);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 4000), i, epfd;
	uint32_t seed = 3;
	sigset_t usr1, open;
	pid_t pid, parent = getpid();

	CHECK((epfd = epoll_create1(0)) >= 0);
	sigemptyset(&open);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	handle(SIGUSR1, count, 0);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		for (i = 0; i < rounds; i++) {
			wait_one(i & 3, epfd, &open);
			jitter(&seed);
			CHECK(kill(parent, SIGUSR1) == 0);
		}
		_exit(0);
	}
	for (i = 0; i < rounds; i++) {
		CHECK(kill(pid, SIGUSR1) == 0);
		wait_one((i >> 2) & 3, epfd, &open);
	}
	reap_exit(pid, 0);
	return (ok("atomic_masks", rounds));
}
