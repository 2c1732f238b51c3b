/*
 * proc_mem.c: a process's memory in /proc/PID: maps, smaps, cmdline, environ,
 * auxv, mem.
 *
 * Memory of the caller is copied in; another process's through the host, which
 * may refuse (a host with ptrace restrictions): then the file looks empty.
 */
#include "fs/procfs/procfs_var.h"

#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "host/host.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "libkern/str.h"
#include "vfs/uio.h"
#include "vm/vm.h"

#define	ARGS_MAX	(4UL << 20)	/* more than execve admits */
#define	MAPS_PATHCOL	73

struct vmspace *
procfs_vm(struct pfs_ctx *c)
{
	struct vmspace *vm = NULL;
	struct thread *td;

	mtx_lock(&c->pc_p->p_lock);
	td = procfs_live(c);
	if (td != NULL && td->td_vm != NULL) {
		vm = td->td_vm;
		vm_hold(vm);
	}
	mtx_unlock(&c->pc_p->p_lock);
	return (vm);
}

/* Bytes read from p's memory, perhaps fewer than n. */
static size_t
mem_read(struct proc *p, uaddr_t u, void *buf, size_t n)
{
	long got;

	if (p == curproc())
		return (n - copyin_part(u, buf, n));
	if (!user_range_ok(u, n) || p->p_hostpid <= 0)
		return (0);
	got = host_vm_read(p->p_hostpid, u, buf, n);
	return (got > 0 ? got : 0);
}

/* [start, end) of p's memory, as much as can be read. */
static void
mem_append(struct proc *p, uaddr_t start, uaddr_t end, struct sbuf *sb)
{
	size_t n, got;
	char *d;

	if (end <= start || end - start > ARGS_MAX)
		return;
	while (start < end) {
		n = kmin(end - start, KPAGE_SIZE - (start & KPAGE_MASK));
		d = sbuf_reserve(sb, n);
		if (d == NULL)
			return;
		got = mem_read(p, start, d, n);
		sbuf_advance(sb, got);
		if (got < n)
			return;
		start += n;
	}
}

static bool
mem_usage(struct pfs_ctx *c, struct vm_usage *vu)
{
	struct vmspace *vm = procfs_vm(c);

	if (vm == NULL)
		return (false);
	vm_usage(vm, vu);
	vm_release(vm);
	return (true);
}

int
procfs_cmdline(struct pfs_ctx *c, struct sbuf *sb)
{
	struct vm_usage vu;
	size_t i, arglen;

	if (!mem_usage(c, &vu))
		return (0);
	mem_append(c->pc_p, vu.vu_arg, vu.vu_arg_end, sb);
	arglen = vu.vu_arg_end - vu.vu_arg;
	if (sbuf_error(sb) != 0 || sb->sb_len != arglen || arglen == 0 ||
	    sb->sb_buf[arglen - 1] == '\0')
		return (0);
	/* The program wrote a title over its arguments; it may run on into
	 * the environment and ends at the first NUL (setproctitle). */
	for (i = 0; i < arglen; i++)
		if (sb->sb_buf[i] == '\0')
			break;
	if (i < arglen) {
		sb->sb_len = i + 1;
		return (0);
	}
	mem_append(c->pc_p, vu.vu_env, vu.vu_env_end, sb);
	if (sbuf_error(sb) == 0)
		sb->sb_len = strnlen(sb->sb_buf, sb->sb_len);
	return (0);
}

int
procfs_environ(struct pfs_ctx *c, struct sbuf *sb)
{
	struct vm_usage vu;

	if (mem_usage(c, &vu))
		mem_append(c->pc_p, vu.vu_env, vu.vu_env_end, sb);
	return (0);
}

int
procfs_auxv(struct pfs_ctx *c, struct sbuf *sb)
{
	struct vm_usage vu;

	if (mem_usage(c, &vu) && vu.vu_auxv_len < KPAGE_SIZE)
		mem_append(c->pc_p, vu.vu_auxv,
		    vu.vu_auxv + vu.vu_auxv_len, sb);
	return (0);
}

static void
maps_line(const struct vm_info *vi, struct sbuf *sb)
{
	size_t start = sb->sb_len;

	sbuf_printf(sb, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ",
	    vi->vi_start, vi->vi_end,
	    vi->vi_prot & PROT_READ ? 'r' : '-',
	    vi->vi_prot & PROT_WRITE ? 'w' : '-',
	    vi->vi_prot & PROT_EXEC ? 'x' : '-',
	    (vi->vi_flags & MAP_TYPE) == MAP_SHARED ? 's' : 'p',
	    (unsigned long)vi->vi_off, kmajor(vi->vi_dev),
	    kminor(vi->vi_dev), (unsigned long)vi->vi_ino);
	if (vi->vi_path[0] != '\0') {
		sbuf_pad(sb, start, MAPS_PATHCOL);
		sbuf_escape(sb, vi->vi_path, "\n");
	}
	sbuf_putc(sb, '\n');
}

int
procfs_maps(struct pfs_ctx *c, struct sbuf *sb)
{
	struct vmspace *vm = procfs_vm(c);
	struct vm_info vi;
	uaddr_t at = 0;

	if (vm == NULL)
		return (0);
	while (vm_next(vm, at, &vi)) {
		maps_line(&vi, sb);
		at = vi.vi_end;
	}
	vm_release(vm);
	return (0);
}

/* Without the host's word: rss of a range, all private. */
static void
guess_range(const struct vm_info *vi, uint64_t rss, uint64_t kb[RES_COUNT])
{
	bool dirty = vi->vi_ino == 0 && (vi->vi_prot & PROT_WRITE) != 0;

	kb[RES_RSS] += rss;
	kb[RES_PSS] += rss;
	kb[RES_REF] += rss;
	kb[dirty ? RES_PRDIRTY : RES_PRCLEAN] += rss;
	if (dirty) {
		kb[RES_PSSDIRTY] += rss;
		kb[RES_ANON] += rss;
	}
}

static void
smaps_body(const uint64_t kb[RES_COUNT], struct sbuf *sb)
{
	sbuf_printf(sb, "Rss:            %8lu kB\n"
	    "Pss:            %8lu kB\nPss_Dirty:      %8lu kB\n"
	    "Shared_Clean:   %8lu kB\nShared_Dirty:   %8lu kB\n",
	    kb[RES_RSS], kb[RES_PSS], kb[RES_PSSDIRTY], kb[RES_SHCLEAN],
	    kb[RES_SHDIRTY]);
	sbuf_printf(sb, "Private_Clean:  %8lu kB\n"
	    "Private_Dirty:  %8lu kB\nReferenced:     %8lu kB\n"
	    "Anonymous:      %8lu kB\n", kb[RES_PRCLEAN], kb[RES_PRDIRTY],
	    kb[RES_REF], kb[RES_ANON]);
	sbuf_printf(sb, "KSM:                   0 kB\n"
	    "LazyFree:              0 kB\n"
	    "AnonHugePages:  %8lu kB\n"
	    "ShmemPmdMapped:        0 kB\n"
	    "FilePmdMapped:         0 kB\n"
	    "Shared_Hugetlb:        0 kB\n"
	    "Private_Hugetlb:       0 kB\n", kb[RES_HUGE]);
	sbuf_printf(sb, "Swap:           %8lu kB\n"
	    "SwapPss:        %8lu kB\nLocked:         %8lu kB\n",
	    kb[RES_SWAP], kb[RES_SWAPPSS], kb[RES_LOCKED]);
}

/* What is resident: by the host, or the process's pages dealt out from the
 * first range on. */
struct residency {
	struct resident	*y_host;
	uint64_t	y_left;		/* KiB to deal out */
};

static void
residency_begin(struct pfs_ctx *c, struct residency *y)
{
	uint64_t pages[3];

	y->y_left = 0;
	y->y_host = resident_get(c->pc_p);
	if (y->y_host != NULL)
		return;
	procfs_rss(c, pages);
	y->y_left = pages[1] * (KPAGE_SIZE / 1024);
}

static void
residency_of(struct residency *y, const struct vm_info *vi,
    uint64_t kb[RES_COUNT])
{
	uint64_t part = (vi->vi_end - vi->vi_start) / 1024;

	if (y->y_host != NULL) {
		resident_add(y->y_host, vi->vi_start, vi->vi_end, kb);
		return;
	}
	if (vi->vi_prot == PROT_NONE)
		return;
	part = kmin(part, y->y_left);
	y->y_left -= part;
	guess_range(vi, part, kb);
}

static void
smaps_flags(const struct vm_info *vi, struct sbuf *sb)
{
	sbuf_puts(sb, "THPeligible:           0\nVmFlags:");
	if (vi->vi_prot & PROT_READ)
		sbuf_puts(sb, " rd");
	if (vi->vi_prot & PROT_WRITE)
		sbuf_puts(sb, " wr");
	if (vi->vi_prot & PROT_EXEC)
		sbuf_puts(sb, " ex");
	if ((vi->vi_flags & MAP_TYPE) == MAP_SHARED)
		sbuf_puts(sb, " sh");
	sbuf_puts(sb, " mr mw me ");
	if (vi->vi_flags & MAP_GROWSDOWN)
		sbuf_puts(sb, "gd ");
	sbuf_putc(sb, '\n');
}

int
procfs_smaps(struct pfs_ctx *c, struct sbuf *sb)
{
	struct vmspace *vm = procfs_vm(c);
	uint64_t kb[RES_COUNT];
	struct residency y;
	struct vm_info vi;
	uaddr_t at = 0;

	if (vm == NULL)
		return (0);
	residency_begin(c, &y);
	for (; vm_next(vm, at, &vi); at = vi.vi_end) {
		memset(kb, 0, sizeof(kb));
		residency_of(&y, &vi, kb);
		maps_line(&vi, sb);
		sbuf_printf(sb, "Size:           %8lu kB\n"
		    "KernelPageSize:        4 kB\n"
		    "MMUPageSize:           4 kB\n",
		    (vi.vi_end - vi.vi_start) / 1024);
		smaps_body(kb, sb);
		smaps_flags(&vi, sb);
	}
	resident_put(y.y_host);
	vm_release(vm);
	return (0);
}

int
procfs_smaps_rollup(struct pfs_ctx *c, struct sbuf *sb)
{
	struct vmspace *vm = procfs_vm(c);
	uint64_t kb[RES_COUNT] = { 0 };
	struct vm_info vi, all;
	struct residency y;
	uaddr_t at = 0;

	if (vm == NULL)
		return (-ESRCH);
	memset(&all, 0, sizeof(all));
	residency_begin(c, &y);
	while (vm_next(vm, at, &vi)) {
		if (all.vi_end == 0)
			all.vi_start = vi.vi_start;
		residency_of(&y, &vi, kb);
		at = all.vi_end = vi.vi_end;
	}
	resident_put(y.y_host);
	vm_release(vm);
	all.vi_flags = MAP_PRIVATE;
	kstrlcpy(all.vi_path, "[rollup]", sizeof(all.vi_path));
	maps_line(&all, sb);
	smaps_body(kb, sb);
	return (0);
}

int
procfs_mem(struct pfs_ctx *c, struct uio *uio)
{
	struct proc *p = c->pc_p;
	char *buf;
	size_t n, done, total = uio->uio_resid;
	int error = 0;
	uaddr_t u;
	long got;

	buf = kmalloc(KPAGE_SIZE, KM_NOZERO);
	if (buf == NULL)
		return (-ENOMEM);
	while (uio->uio_resid > 0 && error == 0) {
		u = (uaddr_t)uio->uio_off;
		n = kmin(uio->uio_resid, KPAGE_SIZE - (u & KPAGE_MASK));
		if (!user_range_ok(u, n)) {
			error = -EIO;
			break;
		}
		if (!uio->uio_write) {
			done = mem_read(p, u, buf, n);
			if (done == 0)
				error = -EIO;
			else
				error = uiomove(buf, done, uio);
			continue;
		}
		error = uiomove(buf, n, uio);
		if (error != 0)
			break;
		if (p == curproc())
			got = n - copyout_part(buf, u, n);
		else
			got = host_vm_write(p->p_hostpid, u, buf, n);
		if (got < (long)n) {
			uio->uio_resid += n - (got > 0 ? got : 0);
			error = -EIO;
		}
	}
	kfree(buf);
	return (uio->uio_resid < total ? 0 : error);
}
