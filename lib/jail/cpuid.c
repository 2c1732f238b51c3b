/*
 * cpuid.c: measures what `cpuid` answers on each CPU, and keeps it.
 *
 * Only leaves whose dependence on %ecx is known are held; the instruction
 * itself answers for all others.  A leaf whose answers differ between CPUs, or
 * may (APIC ids), gets a row for each.  A CPU that we may not run on keeps
 * CPUID_NOROW there.
 *
 * The file is ours (the directory is), but old: it counts only when its boot
 * id, number of CPUs and two leaves asked anew agree, and only after the same
 * check of every offset that the kernel relies on.
 */
#include "jail/cpuid.h"

#include <cpuid.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define	CPUS_MAX	1024
#define	FILE_MAGIC	0x31444955504347ULL	/* "GCPUID1" */
#define	FILE_NAME	"../cpuid"

/* Leaves that we know: sub-leaves to hold, 1 with `any` = %ecx is ignored. */
static const struct known {
	uint32_t	leaf;
	uint8_t		nsub;
	bool		any;
	bool		percpu;
} known[] = {
	{ 0x00, 1, true, false }, { 0x01, 1, true, true },
	{ 0x02, 1, true, false }, { 0x03, 1, true, false },
	{ 0x04, 8, false, false }, { 0x05, 1, true, false },
	{ 0x06, 1, true, false }, { 0x07, 3, false, false },
	{ 0x09, 1, true, false }, { 0x0a, 1, true, false },
	{ 0x0b, 4, false, true }, { 0x0d, 20, false, false },
	{ 0x0f, 2, false, false }, { 0x10, 4, false, false },
	{ 0x14, 2, false, false }, { 0x15, 1, true, false },
	{ 0x16, 1, true, false }, { 0x18, 4, false, false },
	{ 0x19, 1, true, false }, { 0x1a, 1, false, true },
	{ 0x1d, 2, false, false }, { 0x1e, 2, false, false },
	{ 0x1f, 6, false, true }, { 0x20, 1, false, false },
	{ 0x24, 2, false, false },
	{ 0x40000000, 1, true, false }, { 0x40000001, 1, true, false },
	{ 0x40000002, 1, true, false }, { 0x40000003, 1, true, false },
	{ 0x40000010, 1, true, false },
	{ 0x80000000, 1, true, false }, { 0x80000001, 1, true, false },
	{ 0x80000002, 1, true, false }, { 0x80000003, 1, true, false },
	{ 0x80000004, 1, true, false }, { 0x80000005, 1, true, false },
	{ 0x80000006, 1, true, false }, { 0x80000007, 1, true, false },
	{ 0x80000008, 1, true, false }, { 0x80000019, 1, true, false },
	{ 0x8000001a, 1, true, false }, { 0x8000001d, 6, false, false },
	{ 0x8000001e, 1, true, true },
};
#define	NKNOWN	(sizeof(known) / sizeof(known[0]))

static struct cpuid_row
ask(uint32_t leaf, uint32_t sub)
{
	struct cpuid_row r;

	__cpuid_count(leaf, sub, r.cr_eax, r.cr_ebx, r.cr_ecx, r.cr_edx);
	return (r);
}

/* The highest leaf of leaf's range; 0: no such range. */
static uint32_t
range_max(uint32_t leaf)
{
	uint32_t base = leaf & 0xc0000000u, max;

	if (base == 0x40000000 && !(ask(1, 0).cr_ecx & 1u << 31))
		return (0);
	max = ask(base, 0).cr_eax;
	return ((max & 0xc0000000u) == base ? max : 0);
}

static unsigned
rows_per_cpu(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < NKNOWN; i++)
		n += known[i].nsub;
	return (n);
}

/* All rows of the CPU we run on, in the order of known[]. */
static void
measure_cpu(struct cpuid_row *r)
{
	uint32_t max = 0;

	for (unsigned i = 0; i < NKNOWN; i++) {
		if (i == 0 || (known[i].leaf & 0xc0000000u) !=
		    (known[i - 1].leaf & 0xc0000000u))
			max = range_max(known[i].leaf);
		for (unsigned s = 0; s < known[i].nsub; s++, r++)
			if (known[i].leaf <= max)
				*r = ask(known[i].leaf, s);
			else
				r->cr_eax = CPUID_NOROW;
	}
}

static unsigned
ncpus(void)
{
	long n = sysconf(_SC_NPROCESSORS_CONF);

	return (n < 1 ? 1 : n > CPUS_MAX ? CPUS_MAX : (unsigned)n);
}

/* all[cpu * per ...]; a CPU that is not ours to run on stays CPUID_NOROW. */
static unsigned
measure_all(struct cpuid_row *all, unsigned per, unsigned n)
{
	cpu_set_t *was = CPU_ALLOC(CPUS_MAX), *one = CPU_ALLOC(CPUS_MAX);
	size_t size = CPU_ALLOC_SIZE(CPUS_MAX);
	unsigned done = 0;

	if (was == NULL || one == NULL ||
	    sched_getaffinity(0, size, was) != 0)
		n = 0;
	for (unsigned c = 0; c < n; c++) {
		CPU_ZERO_S(size, one);
		CPU_SET_S(c, size, one);
		if (sched_setaffinity(0, size, one) != 0)
			continue;
		measure_cpu(all + (size_t)c * per);
		done++;
	}
	if (done > 0)
		(void)sched_setaffinity(0, size, was);
	CPU_FREE(was);
	CPU_FREE(one);
	return (done);
}

/* Do the CPUs that answered agree on rows [at, at + n)?  *who: one of them. */
static bool
agree(const struct cpuid_row *all, unsigned per, unsigned cpus, unsigned at,
    unsigned n, unsigned *who)
{
	bool found = false;

	for (unsigned c = 0; c < cpus; c++) {
		if (all[(size_t)c * per].cr_eax == CPUID_NOROW)
			continue;
		if (found && memcmp(all + (size_t)c * per + at,
		    all + (size_t)*who * per + at,
		    n * sizeof(*all)) != 0)
			return (false);
		if (!found)
			*who = c;
		found = true;
	}
	return (found);
}

static void
lay_out(struct cpuid_table *t, const struct cpuid_row *all, unsigned per,
    unsigned cpus)
{
	const unsigned head = sizeof(*t) / sizeof(struct cpuid_row);
	struct cpuid_row *row = (struct cpuid_row *)t + head;
	unsigned at = 0, who = 0, n;

	for (unsigned i = 0; i < NKNOWN; at += known[i++].nsub) {
		struct cpuid_dir *d = &t->ct_dir[CPUID_INDEX(known[i].leaf)];
		bool same = !known[i].percpu;

		n = known[i].nsub;
		if (!agree(all, per, cpus, at, n, &who))
			same = false;
		if (all[(size_t)who * per + at].cr_eax == CPUID_NOROW)
			continue;
		d->cd_row = (uint16_t)(row - (struct cpuid_row *)t);
		d->cd_nsub = (uint16_t)n;
		d->cd_submask = known[i].any ? 0 : -1;
		d->cd_stride = same ? 0 : (uint16_t)n;
		for (unsigned c = 0; c < (same ? 1 : cpus); c++, row += n)
			memcpy(row, all + (size_t)(same ? who : c) * per + at,
			    n * sizeof(*row));
	}
	t->ct_ncpu = cpus;
	t->ct_nrows = (uint32_t)(row - (struct cpuid_row *)t);
}

struct cpuid_table *
cpuid_measure(size_t *size)
{
	unsigned per = rows_per_cpu(), cpus = ncpus();
	size_t rows = (size_t)per * cpus, max;
	struct cpuid_row *all;
	struct cpuid_table *t = NULL;

	/* The directory counts rows in 16 bits. */
	max = sizeof(*t) / sizeof(*all) + rows;
	if (max > UINT16_MAX)
		return (NULL);
	all = malloc(rows * sizeof(*all));
	if (all == NULL)
		return (NULL);
	memset(all, 0xff, rows * sizeof(*all));
	if (measure_all(all, per, cpus) > 0)
		t = calloc(1, sizeof(*t) + rows * sizeof(t->ct_row[0]));
	if (t != NULL) {
		lay_out(t, all, per, cpus);
		*size = t->ct_nrows * sizeof(*all);
	}
	free(all);
	return (t);
}

int
cpuid_sound(const struct cpuid_table *t, size_t size)
{
	const unsigned head = sizeof(*t) / sizeof(struct cpuid_row);

	if (size < sizeof(*t) || t->ct_nrows > UINT16_MAX ||
	    t->ct_nrows * sizeof(struct cpuid_row) != size ||
	    t->ct_ncpu == 0 || t->ct_ncpu > CPUS_MAX)
		return (0);
	for (unsigned i = 0; i < CPUID_NDIR; i++) {
		const struct cpuid_dir *d = &t->ct_dir[i];

		if (d->cd_nsub == 0)
			continue;
		if (d->cd_row < head || (d->cd_submask != 0 &&
		    d->cd_submask != -1) || (uint64_t)d->cd_row +
		    (uint64_t)d->cd_stride * (t->ct_ncpu - 1) + d->cd_nsub >
		    t->ct_nrows)
			return (0);
	}
	return (1);
}

/* --- the file -------------------------------------------------------------- */

struct cpuid_file {
	uint64_t	magic;
	uint64_t	size;		/* of the table behind this */
	char		boot[40];
	struct cpuid_row leaf1, leaf7;
};

static bool
file_head(struct cpuid_file *h)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	memset(h, 0, sizeof(*h));
	h->magic = FILE_MAGIC;
	if (fd < 0)
		return (false);
	n = read(fd, h->boot, sizeof(h->boot) - 1);
	(void)close(fd);
	h->leaf1 = ask(1, 0);
	h->leaf1.cr_ebx = 0;		/* this CPU's */
	h->leaf7 = ask(7, 0);
	return (n > 16);
}

static struct cpuid_table *
file_read(int dirfd, const struct cpuid_file *want, size_t *size)
{
	int fd = openat(dirfd, FILE_NAME, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct cpuid_table *t = NULL;
	struct cpuid_file h;

	if (fd < 0)
		return (NULL);
	if (read(fd, &h, sizeof(h)) == (ssize_t)sizeof(h) &&
	    h.size <= UINT16_MAX * sizeof(struct cpuid_row)) {
		*size = h.size;
		h.size = 0;
		if (memcmp(&h, want, sizeof(h)) == 0 &&
		    (t = malloc(*size)) != NULL &&
		    (read(fd, t, *size) != (ssize_t)*size ||
		    !cpuid_sound(t, *size) || t->ct_ncpu != ncpus())) {
			free(t);
			t = NULL;
		}
	}
	(void)close(fd);
	return (t);
}

static void
file_write(int dirfd, struct cpuid_file *h, const struct cpuid_table *t,
    size_t size)
{
	char tmp[64];
	int fd;
	bool ok;

	(void)snprintf(tmp, sizeof(tmp), FILE_NAME ".%d", (int)getpid());
	fd = openat(dirfd, tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	h->size = size;
	ok = write(fd, h, sizeof(*h)) == (ssize_t)sizeof(*h) &&
	    write(fd, t, size) == (ssize_t)size;
	if (close(fd) != 0 || !ok ||
	    renameat(dirfd, tmp, dirfd, FILE_NAME) != 0)
		(void)unlinkat(dirfd, tmp, 0);
}

struct cpuid_table *
cpuid_get(int dirfd, size_t *size)
{
	struct cpuid_table *t = NULL;
	struct cpuid_file h;
	bool keep = file_head(&h) && dirfd >= 0;

	if (keep)
		t = file_read(dirfd, &h, size);
	if (t == NULL) {
		t = cpuid_measure(size);
		if (t != NULL && keep)
			file_write(dirfd, &h, t, *size);
	}
	return (t);
}
