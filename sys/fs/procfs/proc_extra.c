/*
 * proc_extra.c: what a process did and does: io, switches, the call that it
 * sleeps in, timers; and its ranges one by one: map_files, numa_maps.
 *
 * Nothing here costs the calls that it counts more than an addition to a field
 * of their own thread: sums are made when somebody looks, and threads that end
 * leave theirs in the process.
 */
#include "fs/procfs/procfs_var.h"

#include "arch/amd64/frame.h"
#include "base/rec.h"
#include "base/thread.h"
#include "host/host.h"
#include "kern/ktimer.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/vnode.h"
#include "vm/vm.h"

#define	SECTOR	512

/* A file of /proc/PID (tid: of its task/TID) of the host.  -ENOENT where the
 * host's /proc is out of reach. */
int
procfs_hostpidfile(const struct proc *p, int tid, const char *name,
    struct sbuf *sb)
{
	int dir = procfs_hostfd("proc"), fd;
	char path[64], *d;
	long n;

	if (dir < 0 || p->p_hostpid <= 0)
		return (-ENOENT);
	if (tid > 0)
		ksnprintf(path, sizeof(path), "%d/task/%d/%s", p->p_hostpid,
		    tid, name);
	else
		ksnprintf(path, sizeof(path), "%d/%s", p->p_hostpid, name);
	fd = host_openat(dir, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return (fd);
	do {
		d = sbuf_reserve(sb, KPAGE_SIZE);
		n = d == NULL ? -ENOMEM : host_read(fd, d, KPAGE_SIZE);
		if (n > 0)
			sbuf_advance(sb, (size_t)n);
	} while (n > 0);
	(void)host_close(fd);
	return (n < 0 ? (int)n : sbuf_error(sb));
}

/* --- io ------------------------------------------------------------------------ */

int
procfs_io(struct pfs_ctx *c, struct sbuf *sb)
{
	struct proc *p = c->pc_p;
	struct host_rusage ru = p->p_ru;
	uint64_t io[4] = { 0 };
	struct thread *td;

	mtx_lock(&p->p_lock);
	if (c->pc_td == NULL || c->pc_tid == 0)
		memcpy(io, p->p_io, sizeof(io));
	list_foreach(td, &p->p_threads, td_plist)
		for (unsigned i = 0; i < nitems(io); i++)
			if (c->pc_tid == 0 || td->td_tid == c->pc_tid)
				io[i] += td->td_io[i];
	mtx_unlock(&p->p_lock);
	if (p == curproc())
		(void)host_getrusage(HOST_RUSAGE_SELF, &ru);
	sbuf_printf(sb, "rchar: %lu\nwchar: %lu\nsyscr: %lu\nsyscw: %lu\n"
	    "read_bytes: %ld\nwrite_bytes: %ld\ncancelled_write_bytes: 0\n",
	    io[0], io[1], io[2], io[3], (long)ru.ru_inblock * SECTOR,
	    (long)ru.ru_oublock * SECTOR);
	return (0);
}

/* --- context switches ------------------------------------------------------------ */

static bool
take_line(const struct sbuf *sb, const char *name, uint64_t *v)
{
	const char *s = sb->sb_buf;
	size_t n = strlen(name);

	for (; s != NULL; s = strchr(s, '\n')) {
		if (*s == '\n')
			s++;
		if (strncmp(s, name, n) != 0)
			continue;
		for (s += n; *s == ' ' || *s == '\t';)
			s++;
		return (kstrtou64(&s, v) == 0);
	}
	return (false);
}

/*
 * The host knows them.  Where only our own are in reach, of others those count
 * that were sleeps in this kernel.
 */
void
procfs_switches(struct pfs_ctx *c, uint64_t *vol, uint64_t *invol)
{
	struct thread *td;
	struct host_rusage ru;
	struct sbuf sb;
	int hosttid = 0;

	*vol = *invol = 0;
	mtx_lock(&c->pc_p->p_lock);
	td = c->pc_td != NULL ? c->pc_td : proc_first(c->pc_p);
	if (td != NULL) {
		*vol = td->td_nsleeps;
		hosttid = td->td_hosttid;
	}
	mtx_unlock(&c->pc_p->p_lock);
	if (td == curthread() &&
	    host_getrusage(HOST_RUSAGE_THREAD, &ru) == 0) {
		*vol = (uint64_t)ru.ru_nvcsw;
		*invol = (uint64_t)ru.ru_nivcsw;
		return;
	}
	sbuf_init(&sb);
	if (procfs_hostpidfile(c->pc_p, hosttid, "status", &sb) == 0) {
		(void)take_line(&sb, "voluntary_ctxt_switches:", vol);
		(void)take_line(&sb, "nonvoluntary_ctxt_switches:", invol);
	}
	sbuf_free(&sb);
}

/* --- the call under way ---------------------------------------------------------- */

struct sleeping {
	struct recent	s_call;		/* number and arguments */
	uint64_t	s_sp, s_pc;	/* 0: not known */
};

/*
 * The call in which c's thread sleeps: the last that it recorded.  The rest of
 * its registers lies on its stack if it came by a trap.
 */
static bool
sleeping_call(struct pfs_ctx *c, struct sleeping *s)
{
	struct proc *p = c->pc_p;
	struct trapframe tf;
	struct thread *td;
	bool found = false;
	uaddr_t at = 0;

	s->s_sp = s->s_pc = 0;
	mtx_lock(&p->p_lock);
	td = c->pc_td != NULL ? c->pc_td : proc_first(p);
	if (td != NULL && td != curthread() && td->td_ring != NULL &&
	    td->td_ncalls > td->td_firstcall &&
	    thread_statechar(td) == 'S' &&
	    rec_read(td->td_ring, &td->td_ncalls, td->td_ncalls - 1,
	    &s->s_call)) {
		at = (uaddr_t)td->td_frame;
		found = true;
	}
	mtx_unlock(&p->p_lock);
	if (!found || (s->s_call.re_tag & REC_DONE) != 0)
		return (false);
	/* By the host, even in our own process: the thread may go meanwhile. */
	if (at != 0 && p->p_hostpid > 0 && host_vm_read(p->p_hostpid, at, &tf,
	    sizeof(tf)) == (long)sizeof(tf) && tf.tf_nr == s->s_call.re_nr &&
	    tf.tf_rdi == s->s_call.re_args[0] &&
	    tf.tf_rsi == s->s_call.re_args[1]) {
		s->s_sp = tf.tf_rsp;
		s->s_pc = tf.tf_rip;
	}
	return (true);
}

int
procfs_syscall(struct pfs_ctx *c, struct sbuf *sb)
{
	struct sleeping s;

	if (!sleeping_call(c, &s)) {
		sbuf_puts(sb, "running\n");
		return (0);
	}
	sbuf_printf(sb, "%u", s.s_call.re_nr);
	for (unsigned i = 0; i < nitems(s.s_call.re_args); i++)
		sbuf_printf(sb, " 0x%lx", s.s_call.re_args[i]);
	sbuf_printf(sb, " 0x%lx 0x%lx\n", s.s_sp, s.s_pc);
	return (0);
}

/* The functions of Linux in which these calls sleep. */
static const struct {
	uint16_t	nr;
	const char	*name;
} wchans[] = {
	{ 0, "anon_pipe_read" }, { 1, "anon_pipe_write" },
	{ 7, "poll_schedule_timeout" }, { 19, "anon_pipe_read" },
	{ 20, "anon_pipe_write" }, { 23, "poll_schedule_timeout" },
	{ 34, "do_pause" }, { 35, "hrtimer_nanosleep" },
	{ 43, "inet_csk_accept" }, { 45, "sk_wait_data" },
	{ 47, "sk_wait_data" }, { 61, "do_wait" }, { 73, "flock_lock_inode" },
	{ 128, "do_sigtimedwait" }, { 130, "sigsuspend" },
	{ 202, "futex_do_wait" }, { 230, "hrtimer_nanosleep" },
	{ 232, "do_epoll_wait" }, { 247, "do_wait" },
	{ 270, "poll_schedule_timeout" }, { 271, "poll_schedule_timeout" },
	{ 281, "do_epoll_wait" }, { 288, "inet_csk_accept" },
	{ 441, "do_epoll_wait" }, { 449, "futex_do_wait" },
};

int
procfs_wchan(struct pfs_ctx *c, struct sbuf *sb)
{
	const char *name = "schedule";
	struct sleeping s;

	if (pfs_mayptrace(c->pc_p) != 0 || !sleeping_call(c, &s)) {
		sbuf_putc(sb, '0');
		return (0);
	}
	for (unsigned i = 0; i < nitems(wchans); i++)
		if (wchans[i].nr == s.s_call.re_nr)
			name = wchans[i].name;
	sbuf_puts(sb, name);
	return (0);
}

/* --- timers ------------------------------------------------------------------------ */

int
procfs_timers(struct pfs_ctx *c, struct sbuf *sb)
{
	static const char *const how[] = { "signal", "none", "thread" };
	struct ktimer_event ev;
	int clock, id = -1;

	/* The newest first, as Linux has them. */
	while (id != 0 &&
	    (id = ktimer_next(c->pc_p, id, &ev, &clock)) >= 0) {
		bool tid = ev.ke_notify == KT_THREAD_ID;

		sbuf_printf(sb, "ID: %d\nsignal: %d/%016lx\n"
		    "notify: %s/%s.%d\nClockID: %d\n", id, ev.ke_signo,
		    ev.ke_value, ev.ke_notify == KT_NONE ? how[1] : how[0],
		    tid ? "tid" : "pid", tid ? ev.ke_tid : c->pc_p->p_pid,
		    clock);
	}
	return (0);
}

/* --- ranges ------------------------------------------------------------------------ */

/* The range that begins at start. */
static bool
range_at(struct pfs_ctx *c, uaddr_t start, struct vm_info *vi)
{
	struct vmspace *vm = procfs_vm(c);
	bool ok;

	if (vm == NULL)
		return (false);
	ok = vm_next(vm, start, vi) && vi->vi_start == start;
	vm_release(vm);
	return (ok && vi->vi_path[0] == '/');
}

static int
mapfile_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct vm_info vi;

	if (!range_at(c, (uaddr_t)c->pc_extra, &vi))
		return (-ENOENT);
	sbuf_puts(sb, vi.vi_path);
	return (0);
}

static const struct pfs_node mapfile = {
	.pn_name = "range",
	.pn_mode = S_IFLNK | 0700,
	.pn_flags = PFS_PTRACE,
	.pn_fill = mapfile_fill,
};

static bool
take_hex(const char **s, uaddr_t *v)
{
	unsigned n;

	for (*v = 0, n = 0; n < 16; n++, ++*s) {
		char d = **s;

		if (d >= '0' && d <= '9')
			*v = *v << 4 | (uaddr_t)(d - '0');
		else if (d >= 'a' && d <= 'f')
			*v = *v << 4 | (uaddr_t)(d - 'a' + 10);
		else
			break;
	}
	return (n > 0);
}

int
procfs_mapfiles_lookup(struct pfs_ctx *dir, const char *name, size_t len,
    struct pfs_ctx *kid)
{
	char buf[40];
	const char *s = buf;
	struct vm_info vi;
	uaddr_t start, end;

	if (len >= sizeof(buf))
		return (-ENOENT);
	memcpy(buf, name, len);
	buf[len] = '\0';
	if (!take_hex(&s, &start) || *s++ != '-' || !take_hex(&s, &end) ||
	    *s != '\0' || !range_at(dir, start, &vi) || vi.vi_end != end)
		return (-ENOENT);
	kid->pc_node = &mapfile;
	kid->pc_extra = (int64_t)start;
	return (0);
}

int
procfs_mapfiles_next(struct pfs_ctx *dir, int64_t *cursor, struct pfs_ctx *kid,
    char name[32])
{
	struct vmspace *vm = procfs_vm(dir);
	struct vm_info vi;
	bool more = vm != NULL;

	while (more && (more = vm_next(vm, (uaddr_t)*cursor, &vi))) {
		*cursor = (int64_t)vi.vi_end;
		if (vi.vi_path[0] == '/')
			break;
	}
	if (vm != NULL)
		vm_release(vm);
	if (!more)
		return (0);
	kid->pc_node = &mapfile;
	kid->pc_extra = (int64_t)vi.vi_start;
	ksnprintf(name, 32, "%lx-%lx", vi.vi_start, vi.vi_end);
	return (1);
}

/* Pages are counted by the host alone; smaps has them. */
int
procfs_numa_maps(struct pfs_ctx *c, struct sbuf *sb)
{
	struct vmspace *vm = procfs_vm(c);
	struct vm_info vi;
	uaddr_t at = 0;

	if (vm == NULL)
		return (0);
	for (; vm_next(vm, at, &vi); at = vi.vi_end) {
		sbuf_printf(sb, "%lx default", vi.vi_start);
		if (vi.vi_path[0] == '/') {
			sbuf_puts(sb, " file=");
			sbuf_escape(sb, vi.vi_path, " \t\n=");
		} else if (strcmp(vi.vi_path, "[heap]") == 0)
			sbuf_puts(sb, " heap");
		else if (strcmp(vi.vi_path, "[stack]") == 0)
			sbuf_puts(sb, " stack");
		sbuf_putc(sb, '\n');
	}
	vm_release(vm);
	return (0);
}
