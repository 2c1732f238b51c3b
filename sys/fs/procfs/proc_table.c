/*
 * proc_table.c: the tables of /proc/PID and /proc/PID/task/TID, and their small
 * files.
 */
#include "fs/procfs/procfs_var.h"

#include "base/arena.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/vnode.h"

/* --- small files ------------------------------------------------------------- */

static int
comm_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct thread *td;

	mtx_lock(&c->pc_p->p_lock);
	td = c->pc_td != NULL ? c->pc_td : proc_first(c->pc_p);
	if (td != NULL)
		sbuf_puts(sb, td->td_name);
	mtx_unlock(&c->pc_p->p_lock);
	sbuf_putc(sb, '\n');
	return (0);
}

static int
comm_write(struct pfs_ctx *c, char *buf, size_t n)
{
	struct thread *td;

	if (c->pc_p != curproc())
		return (-EINVAL);
	if (n > 0 && buf[n - 1] == '\n')
		buf[n - 1] = '\0';
	mtx_lock(&c->pc_p->p_lock);
	td = c->pc_td != NULL ? c->pc_td : proc_first(c->pc_p);
	if (td != NULL)
		kstrlcpy(td->td_name, buf, sizeof(td->td_name));
	mtx_unlock(&c->pc_p->p_lock);
	return (0);
}

static int
oomadj_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	sbuf_printf(sb, "%d\n", c->pc_p->p_oomadj);
	return (0);
}

static int
oomadj_write(struct pfs_ctx *c, char *buf, size_t n)
{
	const char *s = buf;
	bool neg = false;
	uint64_t v;
	int adj;

	while (*s == ' ' || *s == '\t')
		s++;
	if (*s == '-' || *s == '+')
		neg = *s++ == '-';
	if (kstrtou64(&s, &v) != 0 || (*s != '\0' && *s != '\n') || v > 1000)
		return (-EINVAL);
	adj = neg ? -(int)v : (int)v;
	if (adj < c->pc_p->p_oomadj &&
	    !cred_priv(curthread()->td_cred, PRIV_SYS_RESOURCE))
		return (-EACCES);
	c->pc_p->p_oomadj = adj;
	return (0);
}

/* The older scale: -17 to 15 for -1000 to 1000. */
static int
oldadj_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	int adj = c->pc_p->p_oomadj;

	sbuf_printf(sb, "%d\n", adj == 1000 ? 15 : adj * 17 / 1000);
	return (0);
}

static int
oldadj_write(struct pfs_ctx *c, char *buf, size_t n)
{
	const char *s = buf;
	bool neg;
	char text[16];
	uint64_t v;

	(void)n;
	while (*s == ' ' || *s == '\t')
		s++;
	neg = *s == '-';
	if (neg)
		s++;
	if (kstrtou64(&s, &v) != 0 || (*s != '\0' && *s != '\n') ||
	    v > (neg ? 17U : 15U))
		return (-EINVAL);
	v = !neg && v == 15 ? 1000 : v * 1000 / 17;
	ksnprintf(text, sizeof(text), "%s%lu", neg ? "-" : "", v);
	return (oomadj_write(c, text, strlen(text)));
}

/* Nothing of a jail is ever merged. */
static int
ksmpages_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	(void)c;
	sbuf_puts(sb, "0\n");
	return (0);
}

static int
ksmstat_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	(void)c;
	sbuf_puts(sb, "ksm_rmap_items 0\nksm_zero_pages 0\n"
	    "ksm_merging_pages 0\nksm_process_profit 0\n"
	    "ksm_merge_any: no\nksm_mergeable: no\n");
	return (0);
}

static int
oomscore_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	int score = 666 + c->pc_p->p_oomadj * 2 / 3;

	sbuf_printf(sb, "%d\n", kmax(score, 0));
	return (0);
}

static int
personality_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	sbuf_printf(sb, "%08x\n", c->pc_p->p_personality);
	return (0);
}

static int
timerslack_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	sbuf_printf(sb, "%lu\n", c->pc_p->p_timerslack);
	return (0);
}

/* Guise's own: how its calls go. */
static int
guise_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct vmspace *vm = procfs_vm(c);
	struct vm_usage vu;

	if (vm == NULL)
		return (0);
	vm_usage(vm, &vu);
	vm_release(vm);
	sbuf_printf(sb, "traps:\t%lu\npatched:\t%lu kB\n", vu.vu_traps,
	    vu.vu_patched >> 10);
	return (0);
}

static int
stack_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	return (-EPERM);
}

static int
attr_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	return (-EINVAL);	/* no security module */
}

static int
sched_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct thread *td;
	nsec_t ut, st;
	char name[16] = "";

	mtx_lock(&c->pc_p->p_lock);
	td = c->pc_td != NULL ? c->pc_td : proc_first(c->pc_p);
	if (td != NULL)
		kstrlcpy(name, td->td_name, sizeof(name));
	mtx_unlock(&c->pc_p->p_lock);
	procfs_times(c, &ut, &st);
	sbuf_printf(sb, "%s (%d, #threads: %d)\n---------------------------"
	    "----------------------------------------\n", name,
	    c->pc_tid != 0 ? c->pc_tid : c->pc_p->p_pid,
	    c->pc_p->p_nthreads);
	sbuf_printf(sb, "se.sum_exec_runtime                          : "
	    "%20ld.%06ld\npolicy                                       : "
	    "%20d\nprio                                         : %20d\n",
	    (long)((ut + st) / 1000000), (long)((ut + st) % 1000000), 0, 120);
	return (0);
}

static int
schedstat_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	nsec_t ut, st;

	procfs_times(c, &ut, &st);
	sbuf_printf(sb, "%ld 0 1\n", (long)(ut + st));
	return (0);
}

static int
children_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct proc *p;

	if (c->pc_tid != c->pc_pid)
		return (0);	/* children are the whole process's */
	mtx_lock(&kern()->k_treelock);
	list_foreach(p, &c->pc_p->p_children, p_sibling)
		sbuf_printf(sb, "%d ", p->p_pid);
	mtx_unlock(&kern()->k_treelock);
	return (0);
}

/* --- ns: one of each kind, for all ---------------------------------------------- */

static int
ns_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	sbuf_puts(sb, c->pc_node->pn_arg);
	return (0);
}

static void
nsfile_attr(struct pfs_ctx *c, struct kstat *st)
{
	st->st_ino = (uint64_t)c->pc_extra;
}

static int
nsfile_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	return (-EINVAL);
}

static const struct pfs_node ns_file = {
	.pn_name = "ns",
	.pn_mode = S_IFREG | 0444,
	.pn_fill = nsfile_fill,
	.pn_attr = nsfile_attr,
};

static int
ns_magic(struct pfs_ctx *c, struct nchandle *nch)
{
	const char *name = c->pc_node->pn_arg, *s = strchr(name, '[') + 1;
	struct pfs_ctx f;
	struct vnode *vp;
	uint64_t ino;
	int error;

	if (kstrtou64(&s, &ino) != 0)
		return (-EINVAL);
	memset(&f, 0, sizeof(f));
	f.pc_node = &ns_file;
	f.pc_mp = c->pc_mp;
	f.pc_extra = (int64_t)ino;
	error = pfs_vget(&f, &vp);
	if (error != 0)
		return (error);
	error = nch_anon(vp, c->pc_mp, name, nch);
	vrele(vp);
	return (error);
}

#define	NSLINK(name, ino)						\
	{ .pn_name = (name), .pn_mode = S_IFLNK | 0777,			\
	    .pn_flags = PFS_PTRACE, .pn_fill = ns_fill,			\
	    .pn_magic = ns_magic, .pn_arg = (ino) }
static const struct pfs_node ns_table[] = {
	NSLINK("cgroup", "cgroup:[4026531835]"),
	NSLINK("ipc", "ipc:[4026531839]"),
	NSLINK("mnt", "mnt:[4026531841]"),
	NSLINK("net", "net:[4026531840]"),
	NSLINK("pid", "pid:[4026531836]"),
	NSLINK("pid_for_children", "pid:[4026531836]"),
	NSLINK("time", "time:[4026531834]"),
	NSLINK("time_for_children", "time:[4026531834]"),
	NSLINK("user", "user:[4026531837]"),
	NSLINK("uts", "uts:[4026531838]"),
	PFS_END
};

static const struct pfs_node attr_table[] = {
	PFS_FILE("current", 0444, attr_fill),
	PFS_FILE("exec", 0444, attr_fill),
	PFS_FILE("fscreate", 0444, attr_fill),
	PFS_FILE("keycreate", 0444, attr_fill),
	PFS_FILE("prev", 0444, attr_fill),
	PFS_FILE("sockcreate", 0444, attr_fill),
	PFS_END
};

/* --- the tables ---------------------------------------------------------------------- */

static int
task_lookup(struct pfs_ctx *dir, const char *name, size_t len,
    struct pfs_ctx *kid)
{
	int64_t n = pfs_number(name, len);
	struct thread *td;
	bool mine;

	if (n <= 0 || (td = thread_find(n)) == NULL)
		return (-ENOENT);
	mine = td->td_proc == dir->pc_p;
	thread_drop(td);
	if (!mine)
		return (-ENOENT);
	kid->pc_node = &procfs_tiddir;
	kid->pc_tid = n;
	return (0);
}

static int
task_next(struct pfs_ctx *dir, int64_t *cursor, struct pfs_ctx *kid,
    char name[32])
{
	struct thread *td = proc_nextthread(dir->pc_p, (int)*cursor);

	if (td == NULL)
		return (0);
	*cursor = kid->pc_tid = td->td_tid;
	kid->pc_node = &procfs_tiddir;
	ksnprintf(name, 32, "%d", td->td_tid);
	thread_drop(td);
	return (1);
}

#define	PTFILE(name, mode, fill)					\
	{ .pn_name = (name), .pn_mode = S_IFREG | (mode),		\
	    .pn_flags = PFS_PTRACE, .pn_fill = (fill) }
#define	MAGIC(name, fill, magic)					\
	{ .pn_name = (name), .pn_mode = S_IFLNK | 0777,			\
	    .pn_flags = PFS_PTRACE, .pn_fill = (fill), .pn_magic = (magic) }
#define	FDDIR(name, mode, kid)						\
	{ .pn_name = (name), .pn_mode = S_IFDIR | (mode),		\
	    .pn_flags = PFS_PTRACE, .pn_lookup = procfs_fdlookup,	\
	    .pn_next = procfs_fdnext, .pn_arg = &(kid) }
#define	IDMAP	"         0          0 4294967295\n"

/*
 * What a process and each of its threads have.  No loginuid: it comes with
 * auditing, and PAM takes its absence for a kernel without, but an unwritable
 * one for a failed login.
 */
#define	COMMON								\
	PFS_TEXT("arch_status", 0444, "AVX512_elapsed_ms:\t-1\n"),	\
	PFS_DIR("attr", attr_table),					\
	PTFILE("auxv", 0400, procfs_auxv),				\
	PFS_TEXT("cgroup", 0444, "0::/\n"),				\
	PFS_FILE("cmdline", 0444, procfs_cmdline),			\
	PFS_RW("comm", 0644, comm_fill, comm_write),			\
	PFS_TEXT("cpuset", 0444, "/\n"),				\
	MAGIC("cwd", procfs_cwdlink, procfs_cwdmagic),			\
	PTFILE("environ", 0400, procfs_environ),			\
	MAGIC("exe", procfs_exelink, procfs_exemagic),			\
	FDDIR("fd", 0500, procfs_fdkid),				\
	FDDIR("fdinfo", 0555, procfs_fdinfokid),			\
	PFS_TEXT("gid_map", 0644, IDMAP),				\
	PTFILE("io", 0400, procfs_io),					\
	PTFILE("ksm_merging_pages", 0400, ksmpages_fill),		\
	PTFILE("ksm_stat", 0400, ksmstat_fill),				\
	PFS_FILE("limits", 0644, procfs_limits),			\
	PTFILE("maps", 0444, procfs_maps),				\
	{ .pn_name = "mem", .pn_mode = S_IFREG | 0600,			\
	    .pn_flags = PFS_PTRACE, .pn_rw = procfs_mem },		\
	PFS_FILE("mountinfo", 0444, procfs_mountinfo),			\
	PFS_FILE("mounts", 0444, procfs_mounts),			\
	PFS_DIR("net", procfs_net),					\
	{ .pn_name = "ns", .pn_mode = S_IFDIR | 0511,			\
	    .pn_kids = ns_table },					\
	PFS_FILE("oom_score", 0444, oomscore_fill),			\
	PFS_RW("oom_score_adj", 0644, oomadj_fill, oomadj_write),	\
	PTFILE("numa_maps", 0444, procfs_numa_maps),			\
	PFS_RW("oom_adj", 0644, oldadj_fill, oldadj_write),		\
	PTFILE("personality", 0400, personality_fill),			\
	PFS_TEXT("projid_map", 0644, IDMAP),				\
	MAGIC("root", procfs_rootlink, procfs_rootmagic),		\
	PFS_FILE("sched", 0644, sched_fill),				\
	PFS_FILE("schedstat", 0444, schedstat_fill),			\
	PFS_TEXT("setgroups", 0644, "allow\n"),				\
	PTFILE("smaps", 0444, procfs_smaps),				\
	PTFILE("smaps_rollup", 0444, procfs_smaps_rollup),		\
	PTFILE("stack", 0400, stack_fill),				\
	PFS_FILE("stat", 0444, procfs_stat),				\
	PFS_FILE("statm", 0444, procfs_statm),				\
	PFS_FILE("status", 0444, procfs_status),			\
	PTFILE("syscall", 0400, procfs_syscall),				\
	PFS_FILE("timerslack_ns", 0666, timerslack_fill),		\
	PFS_TEXT("timens_offsets", 0644,				\
	    "monotonic           0         0\n"			\
	    "boottime            0         0\n"),			\
	PFS_TEXT("uid_map", 0644, IDMAP),				\
	PFS_FILE("wchan", 0444, procfs_wchan),				\
	PFS_FILE("guise", 0400, guise_fill)

static const struct pfs_node tid_table[] = {
	COMMON,
	PFS_FILE("children", 0444, children_fill),
	PFS_END
};

const struct pfs_node procfs_tiddir = {
	.pn_name = "TID",
	.pn_mode = S_IFDIR | 0555,
	.pn_kids = tid_table,
};

static const struct pfs_node pid_table[] = {
	COMMON,
	PFS_TEXT("autogroup", 0644, "/autogroup-1 nice 0\n"),
	PFS_TEXT("coredump_filter", 0644, "00000033\n"),
	PTFILE("mountstats", 0400, procfs_mountstats),
	{ .pn_name = "map_files", .pn_mode = S_IFDIR | 0500,
	    .pn_flags = PFS_PTRACE, .pn_lookup = procfs_mapfiles_lookup,
	    .pn_next = procfs_mapfiles_next },
	PFS_FILE("timers", 0444, procfs_timers),
	{ .pn_name = "task", .pn_mode = S_IFDIR | 0555,
	    .pn_lookup = task_lookup, .pn_next = task_next },
	PFS_END
};

const struct pfs_node procfs_piddir = {
	.pn_name = "PID",
	.pn_mode = S_IFDIR | 0555,
	.pn_kids = pid_table,
};
