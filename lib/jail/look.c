/*
 * look.c: see look.h.  The kernel's headers define what libc's <signal.h>
 * does, so that one stays out.
 */
#include "jail/look.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/rec.h"
#include "kern/proc.h"

#define	MAXPROCS	65536
#define	MAXTHREADS	262144

static bool
inside(const struct jail_link *jl, const void *p, size_t n)
{
	uintptr_t a = (uintptr_t)p;

	return (jl->jl_arena != NULL && (a & 7) == 0 && a >= ARENA_BASE &&
	    n <= jl->jl_size && a - ARENA_BASE <= jl->jl_size - n);
}

/* Subsystem `slot`'s root, of n bytes; NULL: not (yet) there. */
static void *
subroot(const struct jail_link *jl, enum kroot_slot slot, size_t n)
{
	struct root *r = jl->jl_arena;
	void *p;

	if (r == NULL)
		return (NULL);
	p = atomic_load_relaxed(&r->r_sub[slot]);
	return (inside(jl, p, n) ? p : NULL);
}

static struct rec_root *
recorder(const struct jail_link *jl)
{
	struct rec_root *rr = subroot(jl, KROOT_REC, sizeof(*rr));

	return ((uintptr_t)rr % __alignof__(*rr) == 0 ? rr : NULL);
}

/* --- text ---------------------------------------------------------------------- */

void
look_clean(char *dst, size_t size, const char *src)
{
	size_t n = 0;

	for (; n + 1 < size; n++) {
		char c = ((const volatile char *)src)[n];

		if (c == '\0')
			break;
		dst[n] = c >= ' ' && c < 127 ? c : '?';
	}
	dst[n] = '\0';
}

void
look_age(char *buf, size_t size, int64_t s)
{
	unsigned long n = s > 0 ? (unsigned long)s : 0;

	if (n >= 86400)
		(void)snprintf(buf, size, "%lu-%02lu:%02lu", n / 86400,
		    n / 3600 % 24, n / 60 % 60);
	else if (n >= 3600)
		(void)snprintf(buf, size, "%lu:%02lu:%02lu", n / 3600,
		    n / 60 % 60, n % 60);
	else
		(void)snprintf(buf, size, "%lu:%02lu", n / 60, n % 60);
}

void
look_size(char *buf, size_t size, uint64_t bytes)
{
	static const char unit[] = "KMGT";
	unsigned u = 0;
	uint64_t k = bytes / 1024;

	for (; k >= 10000 && u < 3; u++)
		k /= 1024;
	(void)snprintf(buf, size, "%lu%c", (unsigned long)k, unit[u]);
}

static int64_t
now_mono(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((int64_t)ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec);
}

/* --- processes -------------------------------------------------------------------- */

/* Call fn for each process's record, live or not. */
static void
each_proc(const struct jail_link *jl, bool (*fn)(const struct jail_link *jl,
    struct proc *p, void *arg), void *arg)
{
	struct kern_root *k = subroot(jl, KROOT_KERN, sizeof(*k));
	struct list *l;

	if (k == NULL)
		return;
	l = atomic_load_relaxed(&k->k_procs.next);
	for (unsigned i = 0; l != &k->k_procs && i < MAXPROCS; i++) {
		struct proc *p;

		if (!inside(jl, l, sizeof(*l)))
			return;
		p = list_entry(l, struct proc, p_alllink);
		if (!inside(jl, p, sizeof(*p)) || !fn(jl, p, arg))
			return;
		l = atomic_load_relaxed(&l->next);
	}
}

static void
each_thread(const struct jail_link *jl, struct proc *p,
    bool (*fn)(struct thread *td, void *arg), void *arg)
{
	struct list *l = atomic_load_relaxed(&p->p_threads.next);

	for (unsigned i = 0; l != &p->p_threads && i < MAXTHREADS; i++) {
		struct thread *td;

		if (!inside(jl, l, sizeof(*l)))
			return;
		td = list_entry(l, struct thread, td_plist);
		if (!inside(jl, td, sizeof(*td)) || !fn(td, arg))
			return;
		l = atomic_load_relaxed(&l->next);
	}
}

/* CPU seconds of a host process. */
static int64_t
host_cpu(int pid)
{
	unsigned long u, s;
	char path[64], line[1024], *p;
	FILE *fp;
	int64_t r = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (pid <= 0 || (fp = fopen(path, "re")) == NULL)
		return (0);
	if (fgets(line, sizeof(line), fp) != NULL &&
	    (p = strrchr(line, ')')) != NULL && sscanf(p + 1, " %*c %*d %*d "
	    "%*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &u, &s) == 2)
		r = (int64_t)((u + s) / (unsigned long)sysconf(_SC_CLK_TCK));
	(void)fclose(fp);
	return (r);
}

static char
state_of(const struct proc *p, const struct thread *td)
{
	uint32_t f = atomic_load_relaxed(&td->td_flags);
	uint32_t where = atomic_load_relaxed(&td->td_where);

	if (atomic_load_relaxed(&p->p_state) >= P_ZOMBIE || (f & TDF_EXITED))
		return ('Z');
	if (f & TDF_STOPPED)
		return ('T');
	if (where == TDW_SLEEP || where == TDW_HOSTCALL)
		return ('S');
	return ('R');
}

struct procarg {
	bool		(*fn)(const struct look_proc *lp, void *arg);
	void		*arg;
};

static bool
show_proc(const struct jail_link *jl, struct proc *p, void *argp)
{
	struct procarg *a = argp;
	struct proc *pp = atomic_load_relaxed(&p->p_parent);
	struct list *l = atomic_load_relaxed(&p->p_threads.next);
	struct thread *td = NULL;
	struct look_proc lp = { .lp_state = 'Z' };
	struct ucred *cr;

	if (atomic_load_relaxed(&p->p_flags) & PF_KERNEL)
		return (true);
	lp.lp_pid = atomic_load_relaxed(&p->p_pid);
	lp.lp_hostpid = atomic_load_relaxed(&p->p_hostpid);
	if (inside(jl, pp, sizeof(*pp)))
		lp.lp_ppid = atomic_load_relaxed(&pp->p_pid);
	lp.lp_age = (now_mono() - atomic_load_relaxed(&p->p_start)) /
	    NSEC_PER_SEC;
	lp.lp_threads = (unsigned)atomic_load_relaxed(&p->p_nthreads);
	if (l != &p->p_threads && inside(jl, l, sizeof(*l)))
		td = list_entry(l, struct thread, td_plist);
	if (inside(jl, td, sizeof(*td))) {
		cr = atomic_load_relaxed(&td->td_cred);
		if (inside(jl, cr, sizeof(*cr)))
			lp.lp_uid = atomic_load_relaxed(&cr->cr_uid);
		look_clean(lp.lp_name, sizeof(lp.lp_name), td->td_name);
		lp.lp_state = state_of(p, td);
	}
	if (lp.lp_state != 'Z')
		lp.lp_cpu = host_cpu(lp.lp_hostpid);
	return (a->fn(&lp, a->arg));
}

void
look_procs(const struct jail_link *jl,
    bool (*fn)(const struct look_proc *lp, void *arg), void *arg)
{
	struct procarg a = { fn, arg };

	each_proc(jl, show_proc, &a);
}

static bool
count_proc(const struct jail_link *jl, struct proc *p, void *arg)
{
	struct look_jail *lj = arg;

	if ((atomic_load_relaxed(&p->p_flags) & PF_KERNEL) == 0 &&
	    atomic_load_relaxed(&p->p_state) == P_RUNNING)
		lj->lj_procs++;
	return (true);
}

void
look_jail(const struct jail_link *jl, struct look_jail *lj)
{
	memset(lj, 0, sizeof(*lj));
	lj->lj_memory = jl->jl_memory;
	each_proc(jl, count_proc, lj);
}

struct guestarg {
	int	hostpid, pid;
};

static bool
find_guest(const struct jail_link *jl, struct proc *p, void *arg)
{
	struct guestarg *a = arg;

	if (atomic_load_relaxed(&p->p_hostpid) == a->hostpid &&
	    atomic_load_relaxed(&p->p_state) == P_RUNNING)
		a->pid = atomic_load_relaxed(&p->p_pid);
	return (a->pid == 0);
}

int
look_guest(const struct jail_link *jl, int hostpid)
{
	struct guestarg a = { .hostpid = hostpid };

	each_proc(jl, find_guest, &a);
	return (a.pid);
}

/* --- recorded calls ------------------------------------------------------------------ */

struct callarg {
	const struct jail_link *jl;
	bool		(*fn)(const struct look_thread *lt, void *arg);
	void		*arg;
	int		pid;
	struct look_thread lt;
};

static void
take_ring(struct callarg *a, const struct recent *ring, const uint64_t *next,
    uint64_t first)
{
	uint64_t end = atomic_load_acq(next);
	struct look_thread *lt = &a->lt;
	struct recent re;

	lt->lt_ncalls = 0;
	if (!inside(a->jl, ring, REC_ENTRIES * sizeof(*ring)) ||
	    (uintptr_t)ring % sizeof(*ring) != 0 || end < first)
		return;
	if (end - first > REC_ENTRIES)
		first = end - REC_ENTRIES;
	for (uint64_t n = first; n < end; n++) {
		struct look_call *lc = &lt->lt_call[lt->lt_ncalls];

		if (!rec_read(ring, next, n, &re))
			continue;
		memcpy(lc->lc_args, re.re_args, sizeof(lc->lc_args));
		lc->lc_ret = re.re_ret;
		lc->lc_nr = re.re_nr;
		lc->lc_abi = (int)REC_ABI(re.re_tag);
		lc->lc_done = (re.re_tag & REC_DONE) != 0;
		lt->lt_ncalls++;
	}
}
_Static_assert(LOOK_CALLS >= REC_ENTRIES, "a ring's worth");

static bool
take_thread(struct thread *td, void *argp)
{
	struct callarg *a = argp;
	struct look_thread *lt = &a->lt;

	memset(lt, 0, offsetof(struct look_thread, lt_call));
	lt->lt_pid = a->pid;
	lt->lt_tid = atomic_load_relaxed(&td->td_tid);
	look_clean(lt->lt_name, sizeof(lt->lt_name), td->td_name);
	take_ring(a, atomic_load_relaxed(&td->td_ring), &td->td_ncalls,
	    atomic_load_relaxed(&td->td_firstcall));
	return (a->fn(lt, a->arg));
}

static bool
take_proc(const struct jail_link *jl, struct proc *p, void *argp)
{
	struct callarg *a = argp;

	if (atomic_load_relaxed(&p->p_flags) & PF_KERNEL)
		return (true);
	a->pid = atomic_load_relaxed(&p->p_pid);
	each_thread(jl, p, take_thread, a);
	return (true);
}

static bool
take_graves(struct callarg *a)
{
	struct rec_root *rr = recorder(a->jl);
	struct look_thread *lt = &a->lt;
	struct recgrave g;
	uint32_t n;

	if (rr == NULL)
		return (true);
	n = kmin(atomic_load_relaxed(&rr->rr_count), (uint32_t)REC_GRAVES);
	for (uint32_t i = 0; i < n; i++) {
		memcpy(&g, &rr->rr_grave[(atomic_load_relaxed(&rr->rr_head) +
		    i) % REC_GRAVES], sizeof(g));
		memset(lt, 0, offsetof(struct look_thread, lt_call));
		lt->lt_pid = g.rg_pid;
		lt->lt_tid = g.rg_tid;
		lt->lt_dead = true;
		lt->lt_status = g.rg_status;
		lt->lt_ago = now_mono() - g.rg_time;
		look_clean(lt->lt_name, sizeof(lt->lt_name), g.rg_name);
		take_ring(a, g.rg_ring, &g.rg_next, g.rg_first);
		if (!a->fn(lt, a->arg))
			return (false);
	}
	return (true);
}

void
look_calls(const struct jail_link *jl,
    bool (*fn)(const struct look_thread *lt, void *arg), void *arg)
{
	static struct callarg a;

	a.jl = jl;
	a.fn = fn;
	a.arg = arg;
	if (take_graves(&a))
		each_proc(jl, take_proc, &a);
}

/* --- the trace buffer ------------------------------------------------------------------- */

/* n bytes at pos of the ring. */
static void
ring_copy(void *dst, const char *buf, uint64_t pos, size_t n)
{
	size_t off = pos % TRACE_BUFSIZE, k = kmin(n, TRACE_BUFSIZE - off);

	memcpy(dst, buf + off, k);
	memcpy((char *)dst + k, buf, n - k);
}

long
look_record(const struct jail_link *jl, uint64_t pos, void *dst,
    uint64_t *resync)
{
	struct rec_root *rr = recorder(jl);
	struct trec *tr = dst;
	const char *buf;
	uint64_t head, size;

	if (rr == NULL)
		return (0);
	head = atomic_load_acq(&rr->rr_trace.tc_head) & ~7ULL;
	*resync = head;
	if (head == pos)
		return (0);
	buf = atomic_load_relaxed(&rr->rr_trace.tc_buf);
	if (head - pos > TRACE_BUFSIZE || head - pos < sizeof(*tr) ||
	    !inside(jl, buf, TRACE_BUFSIZE))
		return (-1);
	if (atomic_load_acq((const uint64_t *)(const void *)(buf +
	    pos % TRACE_BUFSIZE)) != (pos ^ TRACE_COMMIT))
		return (0);
	ring_copy(tr, buf, pos, sizeof(*tr));
	size = tr->tr_size;
	if (size < sizeof(*tr) || size > TRACE_RECMAX || (size & 7) != 0 ||
	    size > head - pos)
		return (-1);
	ring_copy((char *)tr + sizeof(*tr), buf, pos + sizeof(*tr),
	    size - sizeof(*tr));
	tr->tr_size = (uint32_t)size;
	return ((long)size);
}

uint32_t
look_lost(const struct jail_link *jl)
{
	struct rec_root *rr = recorder(jl);

	return (rr != NULL ? atomic_load(&rr->rr_trace.tc_lost) : 0);
}
