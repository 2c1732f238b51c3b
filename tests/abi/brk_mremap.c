/*
 * brk(2), mremap(2), and what /proc/self/maps says of both.
 */
#include "abitest.h"

#define PG	4096UL

static char *
anon(size_t n)
{
	char *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap: %s", err_name(errno));
	return (p);
}

static char *
raw_brk(char *p)
{
	return ((char *)syscall(SYS_brk, p));
}

static void
case_brk(void)
{
	char *b = raw_brk(NULL), *e;
	size_t i;
	int sum = 0;

	YES(b != NULL);
	e = raw_brk(b + 100 * PG);
	YES(e == b + 100 * PG);
	for (i = 0; i < 100 * PG; i++)
		sum += b[i];
	say("sum %d\n", sum);
	memset(b, 1, 100 * PG);
	YES(raw_brk(b + PG) == b + PG);
	YES(raw_brk(b + 3 * PG) == b + 3 * PG);
	say("zero again %d\n", b[2 * PG]);
	YES(raw_brk(NULL) == b + 3 * PG);
}

static void
case_brk_refused(void)
{
	char *b = raw_brk(NULL), *m;
	struct rlimit rl = { 64 * PG, RLIM_INFINITY };

	YES(raw_brk((char *)PG) == b);
	YES(raw_brk((char *)-1UL) == b);
	YES(raw_brk((char *)(1UL << 62)) == b);
	m = mmap((char *)(((uintptr_t)b + 8 * PG) & ~(PG - 1)), PG,
	    PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
	    -1, 0);
	YES(m != MAP_FAILED);
	YES(raw_brk(b + 100 * PG) == b);
	munmap(m, PG);
	YES(raw_brk(b + 100 * PG) == b + 100 * PG);
	getrlimit(RLIMIT_DATA, &rl);
	rl.rlim_cur = 64 * PG;
	MUST(setrlimit(RLIMIT_DATA, &rl));
	YES(raw_brk(b + 1000 * PG) == b + 100 * PG);
}

static void
case_brk_fork(void)
{
	char *b = raw_brk(NULL);

	raw_brk(b + 10 * PG);
	b[5 * PG] = 'p';
	CHILD(b[5 * PG] = 'c'; YES(raw_brk(b + 20 * PG) == b + 20 * PG);
	    b[15 * PG] = 1);
	say("%c\n", b[5 * PG]);
	YES(raw_brk(NULL) == b + 10 * PG);
}

static void
case_shrink(void)
{
	char *p = anon(4 * PG), *q;

	memset(p, 'a', 4 * PG);
	q = mremap(p, 4 * PG, 2 * PG, 0);
	YES(q == p);
	say("%c\n", p[PG]);
	RET(madvise(p + 2 * PG, PG, MADV_NORMAL));
	q = mremap(p, 2 * PG, 2 * PG, 0);
	YES(q == p);
}

static void
case_grow_in_place(void)
{
	char *p = anon(8 * PG), *q;

	memset(p, 'a', 8 * PG);
	munmap(p + 2 * PG, 4 * PG);
	q = mremap(p, 2 * PG, 4 * PG, 0);
	YES(q == p);
	say("%c %d\n", p[0], p[3 * PG]);
	/* The way is closed two pages on. */
	RET(mremap(p, 4 * PG, 8 * PG, 0));
	q = mremap(p, 4 * PG, 8 * PG, MREMAP_MAYMOVE);
	YES(q != MAP_FAILED && q != p);
	say("%c %c %d\n", q[0], q[PG], q[7 * PG]);
	RET(madvise(p, PG, MADV_NORMAL));
}

static void
case_move_fixed(void)
{
	char *p = anon(2 * PG), *t = anon(4 * PG), *q;

	memset(p, 'a', 2 * PG);
	memset(t, 't', 4 * PG);
	q = mremap(p, 2 * PG, 2 * PG, MREMAP_MAYMOVE | MREMAP_FIXED, t + PG);
	YES(q == t + PG);
	say("%c %c %c %c\n", t[0], t[PG], t[2 * PG], t[3 * PG]);
	RET(madvise(p, PG, MADV_NORMAL));
	RET(mremap(t, PG, PG, MREMAP_FIXED, p));
	RET(mremap(t, 2 * PG, 2 * PG, MREMAP_MAYMOVE | MREMAP_FIXED,
	    t + PG));
	RET(mremap(t, PG, PG, MREMAP_MAYMOVE | MREMAP_FIXED, p + 1));
	q = mremap(t + PG, 2 * PG, PG, MREMAP_MAYMOVE | MREMAP_FIXED, p);
	YES(q == p);
	say("%c\n", p[0]);
}

static void
case_mremap_errors(void)
{
	char *p = anon(4 * PG);

	RET(mremap(p + 1, PG, 2 * PG, MREMAP_MAYMOVE));
	RET(mremap(p, PG, 0, MREMAP_MAYMOVE));
	RET(mremap(p, PG, 2 * PG, 0x100));
	RET(mremap(p, PG, -1UL, MREMAP_MAYMOVE));
	RET(mremap(p, PG, 1UL << 46, MREMAP_MAYMOVE));
	RET(mremap(p, 0, PG, MREMAP_MAYMOVE));
	munmap(p + PG, PG);
	RET(mremap(p + PG, PG, 2 * PG, MREMAP_MAYMOVE));
	RET(mremap(p, 3 * PG, 4 * PG, MREMAP_MAYMOVE));
	RET(mremap(p, 3 * PG, PG, 0));
	RET(madvise(p + 2 * PG, PG, MADV_NORMAL));
}

static void
case_mremap_shared(void)
{
	char *p, *q;
	int fd;

	fd = MUST(open("f", O_RDWR | O_CREAT, 0644));
	MUST(ftruncate(fd, 4 * PG));
	VAL(pwrite(fd, "end", 3, 3 * PG));
	p = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	q = mremap(p, PG, 4 * PG, MREMAP_MAYMOVE);
	YES(q != MAP_FAILED);
	say("%.3s\n", q + 3 * PG);
	/* Old length 0 of a shared mapping makes a second one. */
	p = mremap(q, 0, PG, MREMAP_MAYMOVE);
	YES(p != MAP_FAILED && p != q);
	q[7] = 'Q';
	say("%c\n", p[7]);
}

static void
case_mremap_private_file(void)
{
	char *p, *q;
	int fd;

	put_file("f", "hello", 0644);
	fd = MUST(open("f", O_RDWR));
	MUST(ftruncate(fd, 3 * PG));
	p = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	p[0] = 'J';
	VAL(pwrite(fd, "two", 3, 2 * PG));
	q = mremap(p, PG, 3 * PG, MREMAP_MAYMOVE);
	YES(q != MAP_FAILED);
	say("%.5s %.3s\n", q, q + 2 * PG);
}

static void
case_dontunmap(void)
{
	char *p = anon(2 * PG), *q;

	memset(p, 'd', 2 * PG);
	/* By hand: glibc leaves the address to chance without MREMAP_FIXED. */
	q = (char *)syscall(SYS_mremap, p, 2 * PG, 2 * PG,
	    MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0);
	YES(q != MAP_FAILED && q != p);
	say("%d %c\n", p[0], q[0]);
	RET(syscall(SYS_mremap, p, 2 * PG, 3 * PG,
	    MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0));
}

static void
case_realloc(void)
{
	size_t n;
	char *p = malloc(1 << 20);
	unsigned i, bad = 0;

	memset(p, 'r', 1 << 20);
	for (n = 2 << 20; n <= 64 << 20; n *= 2) {
		p = realloc(p, n);
		for (i = 0; i < 1 << 20; i += 1000)
			bad += p[i] != 'r';
	}
	say("bad %u\n", bad);
	free(p);
}

/* Print the line of maps that covers an address: its flags and its name. */
static void
say_map(const char *what, void *addr)
{
	unsigned long lo, hi, off, a = (uintptr_t)addr;
	char line[512], perm[8], *name;
	FILE *f = fopen("/proc/self/maps", "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%lx %4s %lx", &lo, &hi, perm, &off) != 4)
			die("maps: %s", line);
		if (a < lo || a >= hi)
			continue;
		name = strrchr(line, '/');
		if (name == NULL)
			name = strchr(line, '[');
		/* The places of heap and stack in theirs are no one's. */
		say("%s: %s at %ld pages, offset %lu %s", what, perm,
		    name != NULL && *name == '[' ? 0 : (long)((a - lo) / PG),
		    off, name != NULL ? name : "\n");
		fclose(f);
		return;
	}
	say("%s: not mapped\n", what);
	if (f != NULL)
		fclose(f);
}

static void
case_maps(void)
{
	char *p = anon(3 * PG), *q;
	int fd;

	mprotect(p + PG, PG, PROT_NONE);
	say_map("middle", p + PG);
	say_map("local", &fd);
	munmap(p + PG, PG);
	say_map("hole", p + PG);
	fd = MUST(open("mapped", O_RDWR | O_CREAT, 0644));
	MUST(ftruncate(fd, 4 * PG));
	q = mmap(NULL, 2 * PG, PROT_READ, MAP_SHARED, fd, PG);
	say_map("shared", q + PG);
	q = mmap(NULL, 2 * PG, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	say_map("private", q);
	unlink("mapped");
	say_map("deleted", q);
	sbrk(PG);
	say_map("heap", (char *)sbrk(0) - 1);
}

static void
case_rlimit_as(void)
{
	struct rlimit rl;

	getrlimit(RLIMIT_AS, &rl);
	rl.rlim_cur = 256 << 20;
	MUST(setrlimit(RLIMIT_AS, &rl));
	RET(mmap(NULL, 512 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0));
	RET(mmap(NULL, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0));
	YES(malloc(512 << 20) == NULL);
}

CASES("brk_mremap",
	CASE(brk), CASE(brk_refused), CASE(brk_fork), CASE(shrink),
	CASE(grow_in_place), CASE(move_fixed), CASE(mremap_errors),
	CASE(mremap_shared), CASE(mremap_private_file), CASE(dontunmap),
	CASE(realloc), CASE(maps), CASE(rlimit_as));
