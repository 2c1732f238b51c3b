/*
 * start.c: from a specification to a running jail.
 *
 * Rules.  The jail's first process shares the warden's descriptor table
 * (CLONE_FILES) and so does everything it forks: what stays open here is in
 * the jail's reach.  Hence all above stdio is closed first, and only what the
 * configuration names is opened after that.  Close-on-exec is set on all, but
 * nobody ever calls the host's execve.
 */
#include "jail/door.h"
#include "jail/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/rseq.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define	MFD_NOEXEC_SEAL	8U
#endif
#define	MEM_MIN		(64ULL << 20)
#define	MEM_MAX		(64ULL << 30)
#define	NOFILE_MIN	256

/* --- descriptors and limits ------------------------------------------------ */

/* Standard streams that the caller closed stay closed for the guest, but the
 * numbers must not be taken by what we open. */
static int
prepare_stdio(struct jail *j, struct jerr *e)
{
	int keep[2] = { j->j_spec->js_exportfd, j->j_spec->js_door };
	unsigned from = 3;

	/* All above stdio but these. */
	if (keep[0] > keep[1]) {
		keep[0] = j->j_spec->js_door;
		keep[1] = j->j_spec->js_exportfd;
	}
	for (int i = 0; i < 2; i++) {
		if (keep[i] < 3)
			continue;
		if ((unsigned)keep[i] > from)
			(void)syscall(SYS_close_range, from, keep[i] - 1, 0);
		from = (unsigned)keep[i] + 1;
	}
	(void)syscall(SYS_close_range, from, ~0U, 0);
	for (int i = 0; i < 3; i++) {
		j->j_stdio[i] = fcntl(i, F_GETFD) >= 0 ? i : -1;
		if (j->j_stdio[i] < 0 && open("/dev/null", O_RDWR) != i)
			return (jerr_errno(e, "cannot open /dev/null"));
	}
	/* The jail closes what it was given; we have something to say then. */
	for (int i = 0; j->j_spec->js_exportfd > 2 && i < 3; i++)
		if (j->j_stdio[i] == i)
			j->j_stdio[i] = fcntl(i, F_DUPFD_CLOEXEC, 3);
	j->j_ttyfd = -1;
	if (isatty(0))
		j->j_ttyfd = fcntl(0, F_DUPFD_CLOEXEC, 3);
	return (0);
}

/*
 * The guest's limits are the kernel's business (jc_rlimit); the host's would
 * hit the jail's own memory files and mappings.  Host core dumps would hold the
 * whole arena: none.
 */
static int
raise_limits(struct jail *j, struct jerr *e)
{
	static const int raised[] = { RLIMIT_FSIZE, RLIMIT_AS, RLIMIT_DATA };
	const struct jail_limit *want;
	struct rlimit rl;

	for (int i = 0; i < 16; i++) {
		if (getrlimit((__rlimit_resource_t)i, &rl) != 0)
			rl.rlim_cur = rl.rlim_max = RLIM_INFINITY;
		j->j_rlimit[i][0] = rl.rlim_cur;
		j->j_rlimit[i][1] = rl.rlim_max;
	}
	for (unsigned i = 0; i < nitems(raised); i++) {
		rl.rlim_cur = rl.rlim_max = j->j_rlimit[raised[i]][1];
		(void)setrlimit((__rlimit_resource_t)raised[i], &rl);
	}
	rl.rlim_cur = 0;
	rl.rlim_max = j->j_rlimit[RLIMIT_CORE][1];
	(void)setrlimit(RLIMIT_CORE, &rl);
	(void)signal(SIGXFSZ, SIG_IGN);
	j->j_nofile = j->j_rlimit[RLIMIT_NOFILE][1];
	rl.rlim_cur = rl.rlim_max = j->j_nofile;
	if (setrlimit(RLIMIT_NOFILE, &rl) != 0)
		j->j_nofile = j->j_rlimit[RLIMIT_NOFILE][0];
	if (j->j_nofile > (1u << 20))
		j->j_nofile = 1u << 20;
	if (j->j_nofile < NOFILE_MIN)
		return (jerr_set(e, JERR_SELF, "the limit of open files is "
		    "%lu, too low for a jail; raise it with ulimit -n to at "
		    "least %d", (unsigned long)j->j_nofile, NOFILE_MIN));
	want = &j->j_spec->js_rlimit[RLIMIT_NOFILE];
	if (want->jl_set && want->jl_hard > j->j_nofile)
		return (jerr_set(e, JERR_SELF, "--ulimit nofile: this host "
		    "allows at most %lu open files",
		    (unsigned long)j->j_nofile));
	return (0);
}

static int
open_root(struct jail *j, struct jerr *e)
{
	const char *path = j->j_spec->js_rootfs;

	j->j_rootfd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (j->j_rootfd >= 0)
		return (0);
	if (errno == ENOENT)
		return (jerr_set(e, JERR_SELF, "no such rootfs: %s; give an "
		    "existing directory that holds a root file system", path));
	if (errno == ENOTDIR)
		return (jerr_set(e, JERR_SELF, "rootfs %s is not a directory; "
		    "unpack the image into a directory first", path));
	return (jerr_errno(e, "cannot open rootfs %s", path));
}

static int
open_volumes(struct jail *j, struct jerr *e)
{
	const struct jail_spec *js = j->j_spec;

	for (unsigned i = 0; i < js->js_nvol; i++) {
		j->j_volfd[i] = -1;
		if (js->js_vol[i].jv_kind != JV_HOST)
			continue;
		j->j_volfd[i] = open(js->js_vol[i].jv_host,
		    O_PATH | O_CLOEXEC);
		if (j->j_volfd[i] < 0)
			return (jerr_errno(e, "cannot open volume %s",
			    js->js_vol[i].jv_host));
	}
	return (0);
}

static int
open_devices(struct jail *j, struct jerr *e)
{
	const struct jail_spec *js = j->j_spec;
	struct stat st;

	for (unsigned i = 0; i < js->js_ndev; i++) {
		const char *path = js->js_dev[i].jd_host;

		j->j_devfd[i] = open(path, O_PATH | O_CLOEXEC);
		if (j->j_devfd[i] < 0 || fstat(j->j_devfd[i], &st) != 0)
			return (jerr_errno(e, "cannot open device %s", path));
		if (!S_ISCHR(st.st_mode))
			return (jerr_set(e, JERR_SELF, "--device %s is not a "
			    "character device", path));
	}
	return (0);
}

/* --- the arena --------------------------------------------------------------- */

static uint64_t
arena_bytes(const struct jail_spec *js)
{
	uint64_t n = js->js_memory;

	if (n == 0) {
		n = (uint64_t)sysconf(_SC_PHYS_PAGES) / 2 * KPAGE_SIZE;
		if (n > MEM_MAX)
			n = MEM_MAX;
	}
	if (n < MEM_MIN)
		n = MEM_MIN;
	if (n > ARENA_MAX)
		n = ARENA_MAX;
	return (rounddown2(n, 1ULL << 21));
}

static int
make_arena(struct jail *j, struct jerr *e)
{
	unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	void *want = (void *)ARENA_BASE;
	struct stat st;

	j->j_size = arena_bytes(j->j_spec);
	j->j_memfd = memfd_create("guise-arena", flags | MFD_NOEXEC_SEAL);
	if (j->j_memfd < 0)
		j->j_memfd = memfd_create("guise-arena", flags);
	if (j->j_memfd < 0 || fstat(j->j_memfd, &st) != 0)
		return (jerr_errno(e, "cannot create the jail's memory "
		    "(memfd_create)"));
	j->j_memino = st.st_ino;
	/* Sealed in size: a guest that shrank it could crash the warden. */
	if (ftruncate(j->j_memfd, (off_t)j->j_size) != 0 ||
	    fcntl(j->j_memfd, F_ADD_SEALS,
	    F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
		return (jerr_errno(e, "cannot size the jail's memory to %lu "
		    "bytes", (unsigned long)j->j_size));
	j->j_root = mmap(want, j->j_size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_NORESERVE | MAP_FIXED_NOREPLACE, j->j_memfd, 0);
	if (j->j_root != want)
		return (jerr_errno(e, "cannot map the jail's memory at %p "
		    "(%lu bytes); is ulimit -v set?", want,
		    (unsigned long)j->j_size));
	return (0);
}

/* Its name, and its door: at once where somebody waits for it, else the warden
 * opens one when the jail has lived for a while. */
static int
register_jail(struct jail *j, struct jerr *e)
{
	const struct jail_spec *js = j->j_spec;
	const char *cmd = js->js_argv != NULL ? js->js_argv[0] : "jail";
	const char *base = strrchr(cmd, '/');
	int error;

	base = base != NULL && base[1] != '\0' ? base + 1 : cmd;
	if (js->js_name != NULL)
		(void)snprintf(j->j_name, sizeof(j->j_name), "%s",
		    js->js_name);
	else
		(void)snprintf(j->j_name, sizeof(j->j_name), "%.40s-%d", base,
		    (int)getpid());
	if (!jail_name_ok(j->j_name)) {
		if (js->js_name != NULL)
			return (jerr_set(e, JERR_SELF, "--name %s: 1 to %d "
			    "letters, digits, '.', '_', '-', not beginning "
			    "with '.' or '-'", js->js_name, JAIL_NAMEMAX));
		(void)snprintf(j->j_name, sizeof(j->j_name), "jail-%d",
		    (int)getpid());
	}
	if (js->js_name == NULL && js->js_door == 0)
		return (0);
	error = door_start(j, js->js_door > 0 ? js->js_door : -1, e);
	if (js->js_door > 0)
		(void)close(js->js_door);	/* the door has its own */
	return (error);
}

/* --- what the host can do ------------------------------------------------------ */

static int
check_host(struct jail *j, struct jerr *e)
{
	unsigned want = j->j_spec->js_trap, have = 0;
	uint32_t action = SECCOMP_RET_TRAP;

	if (prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_OFF, 0, 0,
	    0) == 0)
		have |= ROOTF_SUD;
	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0)
		have |= ROOTF_SECCOMP;
	if (have == 0)
		return (jerr_set(e, JERR_SELF, "this host offers neither "
		    "syscall user dispatch (Linux 5.11) nor seccomp filters; "
		    "guise needs one of them (and cannot run inside itself)"));
	if (want != 0 && (have & want) == 0)
		return (jerr_set(e, JERR_SELF, "this host does not offer the "
		    "trap that --trap asks for; leave the option out"));
	j->j_features = have | (geteuid() == 0 ? ROOTF_ROOT : 0);
	return (0);
}

/* --- the first process ----------------------------------------------------------- */

/* What this libc registered with the host for this thread must go before its
 * memory does, else the host kills us at the next preemption. */
static void
forget_libc(void)
{
	char *tp = __builtin_thread_pointer();
	const uint32_t sig = 0x53053053;

	if (__rseq_size != 0 && syscall(SYS_rseq, tp + __rseq_offset,
	    __rseq_size, 1, sig) != 0)
		(void)syscall(SYS_rseq, tp + __rseq_offset, 32, 1, sig);
	(void)syscall(SYS_set_robust_list, NULL, 24);
	(void)syscall(SYS_set_tid_address, NULL);
}

static void
reset_signals(void)
{
	static const unsigned long dfl[4];
	static const uint64_t empty;
	stack_t ss = { .ss_flags = SS_DISABLE };

	/* Raw calls: libc keeps two signals to itself. */
	for (int s = 1; s <= 64; s++)
		(void)syscall(SYS_rt_sigaction, s, dfl, NULL, 8);
	(void)sigaltstack(&ss, NULL);
	(void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &empty, NULL, 8);
}

static void __attribute__((noreturn))
child_main(const struct jail *j, int warden)
{
	void (*entry)(struct root *);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != warden)
		_exit(JERR_SELF);
	/* The terminal's signals are for the warden alone.  A session of its
	 * own is what a terminal needs, but costs milliseconds on hosts that
	 * schedule by session. */
	if (j->j_ctty)
		(void)setsid();
	else
		(void)setpgid(0, 0);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)umask(0);
	reset_signals();
	forget_libc();
	jail_confine(j);
	entry = (void (*)(struct root *))j->j_kern.ki_entry;
	entry(j->j_root);
	_exit(JERR_SELF);
}

static int
start_child(struct jail *j, struct jerr *e)
{
	int warden = getpid();
	long pid;

	pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		child_main(j, warden);
	if (pid < 0)
		return (jerr_errno(e, "cannot start the first process"));
	j->j_child = (int)pid;
	return (0);
}

int
jail_run(const struct jail_spec *js, struct jerr *e)
{
	static struct jail j;

	memset(&j, 0, sizeof(j));
	j.j_spec = js;
	j.j_umask = umask(022);
	(void)umask(j.j_umask);
	if (prepare_stdio(&j, e) != 0 || raise_limits(&j, e) != 0 ||
	    kernimg_open(&j.j_kern, e) != 0 || open_root(&j, e) != 0 ||
	    open_volumes(&j, e) != 0 || open_devices(&j, e) != 0 ||
    uppers_open(&j, e) != 0 ||
	    users_resolve(&j, &j.j_user, e) != 0)
		return (-1);
	hostfacts_open(&j);
	textdesk_open(&j);
	if (check_host(&j, e) != 0 || make_arena(&j, e) != 0 ||
	    config_build(&j, e) != 0 || kernimg_map(&j.j_kern, e) != 0)
		return (-1);
	warden_prepare(&j);
	if (register_jail(&j, e) != 0)
		return (-1);
	if (start_child(&j, e) != 0) {
		door_stop();
		return (-1);
	}
	return (warden_watch(&j, e));
}
