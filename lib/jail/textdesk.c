/*
 * textdesk.c: the warden's side of the desk (base/textcache.h): wishes of the
 * kernel go to the builder, a child process (guise-text) that is started with the
 * first (lib/text/serve.c), one at a time; its answers go back.
 *
 * Nothing here waits: an answer signals the warden, whose handler bumps r_mail,
 * on which it sleeps anyway.  The builder has a descriptor table of its own, the
 * one here is the jail's: what the jail does to our end of the socket hurts
 * the jail alone.  The desk is hostile input: a descriptor in it is passed on
 * and closed as the jail itself could.
 *
 * The builder outlives the jail by what it is at: else jails that end sooner
 * than that would leave nothing behind for the next, again and again.  Then it
 * finds the socket closed, and ends.  It is invisible to the warden's look for
 * living guests: a child without an exit signal is found only by who asks for
 * it (__WALL).
 */
#include "jail/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/textcache.h"
#include "text/textdir.h"

#define	MAXDEATHS	3
#define	MAXLEFT		16	/* wishes that outlive the jail */
#define	NOTBUSY		UINT32_MAX

static struct {
	int		pid;		/* of the builder, 0 = none */
	int		sock;
	unsigned	deaths;		/* while it worked for us */
	uint32_t	busy;		/* index of the entry being worked on */
	uint32_t	seen;		/* td_nwanted when we looked last */
	bool		more;		/* entries may still be wanted */
} desk = { .sock = -1, .busy = NOTBUSY };
static uint32_t *volatile mail;		/* for the handler alone */

void
textdesk_open(struct jail *j)
{
	j->j_textfd = -1;
	if (!text_program(j->j_textprog, sizeof(j->j_textprog))) {
		j->j_textprog[0] = '\0';
		return;
	}
	if (textdir_path(j->j_textpath, sizeof(j->j_textpath)))
		j->j_textfd = textdir_open(j->j_textpath);
}

static struct tc_desk *
find_desk(const struct jail *j)
{
	uintptr_t a = (uintptr_t)atomic_load_relaxed(
	    &j->j_root->r_sub[KROOT_TEXT]);

	if ((a & 7) != 0 || a < ARENA_BASE ||
	    a - ARENA_BASE > j->j_size - sizeof(struct tc_desk))
		return (NULL);
	return ((struct tc_desk *)a);
}

/* --- the builder's process ---------------------------------------------------- */

/* Of all that the warden has, it keeps the socket. */
static void __attribute__((noreturn))
builder(const struct jail *j, int sock)
{
	const char *dir = j->j_textfd >= 0 ? j->j_textpath : "";
	char *const argv[] = { (char *)(uintptr_t)"guise-text",
	    (char *)(uintptr_t)"--serve", (char *)(uintptr_t)dir, NULL };
	char *const env[] = { NULL };

	/* The terminal's signals are for the warden alone. */
	(void)setpgid(0, 0);
	for (int s = 1; s < 32; s++)
		(void)signal(s, s == SIGSEGV || s == SIGBUS || s == SIGABRT ?
		    SIG_DFL : SIG_IGN);
	(void)dup2(sock, 0);
	(void)syscall(SYS_close_range, 1U, ~0U, 0);
	(void)open("/dev/null", O_RDWR);
	(void)open("/dev/null", O_RDWR);
	(void)execve(j->j_textprog, argv, env);
	_exit(0);
}

static void
on_reply(int sig)
{
	(void)sig;
	(void)atomic_add(mail, 1);
}

/* The kernel tells when an answer has come, or the end: the sleep on r_mail
 * is then over. */
static bool
signal_on_reply(const struct jail *j, int sock)
{
	struct sigaction sa = { .sa_handler = on_reply };

	mail = &j->j_root->r_mail;
	(void)sigfillset(&sa.sa_mask);
	return (sigaction(SIGIO, &sa, NULL) == 0 &&
	    fcntl(sock, F_SETOWN, getpid()) == 0 &&
	    fcntl(sock, F_SETFL, O_ASYNC | O_NONBLOCK) == 0);
}

static bool
start_builder(const struct jail *j)
{
	long pid = -1;
	int sv[2];

	if (desk.pid != 0)
		return (true);
	if (desk.deaths >= MAXDEATHS || j->j_textprog[0] == '\0' ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) != 0)
		return (false);
	/* Without CLONE_FILES: a copy of the table, not the table. */
	if (signal_on_reply(j, sv[0]))
		pid = syscall(SYS_clone, 0, 0, 0, 0, 0);
	if (pid == 0)
		builder(j, sv[1]);
	(void)close(sv[1]);
	if (pid < 0) {
		(void)close(sv[0]);
		return (false);
	}
	desk.pid = (int)pid;
	desk.sock = sv[0];
	return (true);
}

void
textdesk_end(void)
{
	if (desk.pid == 0)
		return;
	(void)kill(desk.pid, SIGKILL);
	while (waitpid(desk.pid, NULL, __WALL) < 0 && errno == EINTR)
		;
	(void)close(desk.sock);
	desk.pid = 0;
	desk.sock = -1;
}

/* --- entries -------------------------------------------------------------------- */

static void
answer(struct tc_desk *td, uint32_t i, uint32_t state, int cachefd)
{
	struct tc_entry *te = &td->td_ent[i];

	atomic_store(&te->te_cachefd, cachefd);
	atomic_store(&te->te_state, state);
}

/* False: the builder is still at it. */
static bool
take_answer(struct tc_desk *td)
{
	struct text_reply rp;
	int fd, n = textwire_recv(desk.sock, &rp, sizeof(rp), &fd,
	    MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return (false);
	if (n == (int)sizeof(rp) && rp.rp_index == desk.busy &&
	    rp.rp_state == TC_READY && fd >= 0)
		answer(td, desk.busy, TC_READY, fd);
	else {
		if (fd >= 0)
			(void)close(fd);
		answer(td, desk.busy, TC_NEVER, -1);
	}
	desk.busy = NOTBUSY;
	if (n != (int)sizeof(rp)) {
		desk.deaths++;
		textdesk_end();
	}
	return (true);
}

/* An idle builder ends, and takes nothing in before it does: then another. */
static bool
send_request(const struct jail *j, const struct text_request *rq, int fd)
{
	for (int i = 0; i < 2; i++) {
		if (!start_builder(j))
			return (false);
		if (textwire_send(desk.sock, rq, sizeof(*rq), fd) == 0)
			return (true);
		textdesk_end();
	}
	return (false);
}

static void
pass_on(const struct jail *j, struct tc_desk *td, uint32_t i)
{
	struct tc_entry *te = &td->td_ent[i];
	struct text_request rq = { .rq_index = i, .rq_key = te->te_key };
	int fd = atomic_load(&te->te_fd);

	if (fd >= 0 && send_request(j, &rq, fd))
		desk.busy = i;
	else
		answer(td, i, TC_NEVER, -1);
	if (fd >= 0)
		(void)close(fd);
}

void
textdesk_poll(const struct jail *j)
{
	struct tc_desk *td = find_desk(j);
	uint32_t wanted;

	if (td == NULL)
		return;
	if (desk.busy != NOTBUSY && !take_answer(td))
		return;
	if (desk.pid != 0 && desk.busy == NOTBUSY &&
	    waitpid(desk.pid, NULL, WNOHANG | __WALL) == desk.pid) {
		(void)close(desk.sock);
		desk.pid = 0;
		desk.sock = -1;
	}
	wanted = atomic_load(&td->td_nwanted);
	if (wanted == desk.seen && !desk.more)
		return;
	desk.seen = wanted;
	desk.more = false;
	for (uint32_t i = 0; i < TC_ENTRIES; i++) {
		uint32_t state = TC_WANTED;

		if (atomic_load_relaxed(&td->td_ent[i].te_state) != TC_WANTED)
			continue;
		if (desk.busy != NOTBUSY) {
			desk.more = true;
			return;
		}
		if (atomic_cas(&td->td_ent[i].te_state, &state, TC_BUSY))
			pass_on(j, td, i);
	}
}

/*
 * The jail is over, but not what it wished for: all of it goes to the builder,
 * and nobody waits for the answers.
 */
void
textdesk_leave(const struct jail *j)
{
	struct tc_desk *td = find_desk(j);
	unsigned left = j->j_textfd >= 0 ? MAXLEFT : 0;

	for (uint32_t i = 0; td != NULL && left > 0 && i < TC_ENTRIES; i++) {
		struct tc_entry *te = &td->td_ent[i];
		struct text_request rq = { .rq_index = i,
		    .rq_key = te->te_key };

		if (atomic_load_relaxed(&te->te_state) != TC_WANTED)
			continue;
		if (!start_builder(j) || textwire_send(desk.sock, &rq,
		    sizeof(rq), atomic_load(&te->te_fd)) != 0)
			break;
		desk.busy = i;
		left--;
	}
	if (desk.pid == 0 || desk.busy == NOTBUSY) {
		textdesk_end();
		return;
	}
	(void)close(desk.sock);
	desk.sock = -1;
	desk.pid = 0;
	desk.busy = NOTBUSY;
}
