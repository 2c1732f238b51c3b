/*
 * serve.c: the builder: a process of a program of its own beside the warden
 * (guise-text) that makes cache files for one jail.
 *
 * It reads files that a jail may have written, so it gives up what it can
 * before it reads the first: capabilities, new privileges, files outside the
 * cache directory (Landlock), all host calls but a few (seccomp).  It does not
 * share the jail's descriptor table: the jail could exchange a descriptor
 * between two of its calls.  Descriptors come and go over the socket.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "libkern/types.h"
#include "text/text.h"
#include "text/textdir.h"

#define	NICENESS	10
#define	IDLE_S		2	/* without a request: an idle jail is small */

/* --- confinement -------------------------------------------------------------------- */

static void
confine_files(int dirfd)
{
	/* <linux/landlock.h>, version 1: everything but reading and writing
	 * files is refused, and these two outside of the directory. */
	const uint64_t all = 0x1fff;
	const uint64_t ours = 0x2 | 0x4 | 0x8 | 0x20 | 0x100; /* write, read,
	    list, remove, make files */
	uint64_t attr = all;
	struct {
		uint64_t	access;
		int32_t		fd;
	} __attribute__((packed)) beneath = { ours, dirfd };
	int rs = (int)syscall(444, &attr, sizeof(attr), 0);

	if (rs < 0)
		return;
	if (dirfd < 0 || syscall(445, rs, 1, &beneath, 0) == 0)
		(void)syscall(446, rs, 0);
	(void)close(rs);
}

static void
confine_calls(void)
{
	static const uint16_t calls[] = { SYS_read, SYS_pread64, SYS_write,
	    SYS_pwrite64, SYS_sendmsg, SYS_recvmsg, SYS_close, SYS_fstat,
	    SYS_newfstatat, SYS_openat, SYS_mmap, SYS_munmap, SYS_mremap,
	    SYS_mprotect, SYS_madvise, SYS_brk, SYS_ftruncate, SYS_renameat,
	    SYS_unlinkat, SYS_getdents64, SYS_flock, SYS_fsync, SYS_fcntl,
	    SYS_memfd_create, SYS_lseek, SYS_futex, SYS_utimensat,
	    SYS_clock_gettime, SYS_getpid, SYS_geteuid, SYS_getrandom, SYS_sysinfo,
	    SYS_shutdown,
	    SYS_exit_group, SYS_rt_sigreturn, SYS_restart_syscall };
	struct sock_filter f[nitems(calls) + 5];
	struct sock_fprog prog = { nitems(calls) + 5, f };
	unsigned n = 0;

	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, arch));
	f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
	    AUDIT_ARCH_X86_64, 0, nitems(calls) + 1);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, nr));
	for (unsigned i = 0; i < nitems(calls); i++)
		f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ |
		    BPF_K, calls[i], (uint8_t)(nitems(calls) - i), 0);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_ERRNO | ENOSYS);
	f[n] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_ALLOW);
	_Static_assert(nitems(calls) < 250, "the filter's jumps reach");
	(void)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}

static void
confine(int dirfd)
{
	struct __user_cap_header_struct hdr = { _LINUX_CAPABILITY_VERSION_3,
	    0 };
	struct __user_cap_data_struct none[2] = { 0 };
	struct rlimit space = { 4ULL << 30, 4ULL << 30 };
	struct rlimit files = { 64, 64 };
	struct rlimit seconds = { 60, 60 };	/* of processor time */

	(void)setpriority(PRIO_PROCESS, 0, NICENESS);
	(void)setrlimit(RLIMIT_AS, &space);
	(void)setrlimit(RLIMIT_NOFILE, &files);
	(void)setrlimit(RLIMIT_CPU, &seconds);
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)syscall(SYS_capset, &hdr, none);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	confine_files(dirfd);
	confine_calls();
}

/* --- serving ------------------------------------------------------------------------- */

static void
serve_one(int sock, int dirfd, bool able, const struct text_request *rq,
    int fd)
{
	struct text_reply rp = { rq->rq_index, TC_NEVER };
	int cachefd = -1;

	if (able && fd >= 0)
		rp.rp_state = text_build(dirfd, fd, &rq->rq_key,
		    TEXTDIR_LIMIT, &cachefd);
	if (fd >= 0)
		(void)close(fd);
	(void)textwire_send(sock, &rp, sizeof(rp), cachefd);
	if (cachefd >= 0)
		(void)close(cachefd);
}

/* The next request.  After some idle time no more are let in, and what had
 * come until then is the last. */
static bool
next(int sock, struct text_request *rq, int *fd, bool *last)
{
	int n = textwire_recv(sock, rq, sizeof(*rq), fd, *last ?
	    MSG_DONTWAIT : 0);

	if (n < 0 && errno == EAGAIN && !*last) {
		*last = true;
		(void)shutdown(sock, SHUT_RD);
		n = textwire_recv(sock, rq, sizeof(*rq), fd, MSG_DONTWAIT);
	}
	return (n == (int)sizeof(*rq));
}

void
text_serve(int sock, const char *dir)
{
	struct timeval idle = { IDLE_S, 0 };
	struct text_request rq;
	bool able = text_init(), last = false;
	int dirfd = dir != NULL ? textdir_open(dir) : -1, fd;

	(void)setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof(idle));
	confine(dirfd);
	while (next(sock, &rq, &fd, &last))
		serve_one(sock, dirfd, able, &rq, fd);
}
