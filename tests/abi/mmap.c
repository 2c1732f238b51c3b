/*
 * mmap, munmap, mprotect, madvise, msync, mincore, mlock; SIGSEGV and SIGBUS.
 */
#include "abitest.h"

#include <setjmp.h>

#define PG	4096UL

static sigjmp_buf fault_env;
static volatile int fault_sig, fault_code;
static volatile uintptr_t fault_addr;

static void
on_fault(int sig, siginfo_t *si, void *uc)
{
	(void)uc;
	fault_sig = sig;
	fault_code = si->si_code;
	fault_addr = (uintptr_t)si->si_addr;
	siglongjmp(fault_env, 1);
}

static void
catch_faults(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_fault;
	sa.sa_flags = SA_SIGINFO;
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
}

static const char *
code_name(int sig, int code)
{
	if (sig == SIGSEGV)
		return (code == SEGV_MAPERR ? "MAPERR" :
		    code == SEGV_ACCERR ? "ACCERR" :
		    code == SI_KERNEL ? "KERNEL" : "?");
	return (code == BUS_ADRERR ? "ADRERR" : code == BUS_ADRALN ?
	    "ADRALN" : code == BUS_OBJERR ? "OBJERR" : "?");
}

/* 'r' read, 'w' write, 'x' call: what happens, and where. */
static void
touch(const char *what, volatile char *p, int how)
{
	if (sigsetjmp(fault_env, 1) == 0) {
		if (how == 'r')
			(void)*p;
		else if (how == 'w')
			*p = 1;
		else
			((void (*)(void))(uintptr_t)p)();
		say("%s: %c ok\n", what, how);
	} else
		say("%s: %c %s %s %s\n", what, how, sig_name(fault_sig),
		    code_name(fault_sig, fault_code),
		    fault_addr == (uintptr_t)p ? "there" :
		    fault_addr == 0 ? "at 0" : "elsewhere");
}

static char *
anon(size_t n)
{
	char *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap: %s", err_name(errno));
	return (p);
}

static void
case_anon(void)
{
	char *p = anon(10 * PG);
	size_t i;
	int sum = 0;

	for (i = 0; i < 10 * PG; i++)
		sum += p[i];
	say("sum %d\n", sum);
	YES(((uintptr_t)p & (PG - 1)) == 0);
	memset(p, 7, 10 * PG);
	RET(munmap(p, 10 * PG));
	catch_faults();
	touch("unmapped", p, 'r');
	touch("unmapped end", p + 10 * PG - 1, 'w');
}

static void
case_errors(void)
{
	char *p = anon(PG);
	int fd, wr, dir;

	put_file("f", "data", 0644);
	fd = MUST(open("f", O_RDONLY));
	wr = MUST(open("f", O_WRONLY));
	dir = MUST(open(".", O_RDONLY));
	RET(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	RET(mmap(NULL, PG, PROT_READ, MAP_ANONYMOUS, -1, 0));
	RET(mmap(NULL, PG, PROT_READ, MAP_PRIVATE, -1, 0));
	RET(mmap(NULL, PG, PROT_READ, MAP_PRIVATE, 99, 0));
	RET(mmap(NULL, PG, PROT_READ, MAP_PRIVATE, fd, 1));
	RET(mmap(NULL, PG, PROT_READ, MAP_PRIVATE, wr, 0));
	RET(mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	RET(mmap(NULL, PG, PROT_READ, MAP_PRIVATE, dir, 0));
	RET(mmap(p + 1, PG, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	RET(mmap(NULL, 1UL << 47, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0));
	RET(mmap(NULL, -1UL, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	RET(mmap((void *)0x7ffffffff000, 2 * PG, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	RET(mmap((void *)(1UL << 62), PG, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	RET(mmap(NULL, PG, PROT_READ, MAP_SHARED_VALIDATE | 0x2000000, fd,
	    0));
	RET(mmap(NULL, PG, PROT_READ, MAP_PRIVATE, fd, 1L << 62));
	RET(mmap(NULL, 2 * PG, PROT_READ, MAP_PRIVATE, fd, -PG));
	RET(munmap(p + 1, PG));
	RET(munmap(p, 0));
	RET(munmap((void *)(1UL << 62), PG));
	RET(munmap(p, -1UL));
	RET(munmap(p, PG));
	RET(munmap(p, PG));
}

static void
case_split(void)
{
	char *p = anon(5 * PG);

	catch_faults();
	memset(p, 'a', 5 * PG);
	RET(munmap(p + PG, PG));
	RET(munmap(p + 3 * PG, 1));
	touch("0", p, 'w');
	touch("1", p + PG, 'r');
	touch("2", p + 2 * PG, 'w');
	touch("3", p + 3 * PG, 'w');
	touch("4", p + 4 * PG, 'w');
	say("kept %c%c\n", p[2 * PG + 1], p[4 * PG + 1]);
	RET(munmap(p, 5 * PG));
	touch("4", p + 4 * PG, 'w');
}

static void
case_fixed(void)
{
	char *p = anon(4 * PG), *q;

	memset(p, 'a', 4 * PG);
	q = mmap(p + PG, PG, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
	    MAP_FIXED, -1, 0);
	YES(q == p + PG);
	say("%d %c\n", q[0], p[2 * PG]);
	errno = 0;
	RET(mmap(p, PG, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
	    MAP_FIXED_NOREPLACE, -1, 0));
	munmap(p, PG);
	q = mmap(p, PG, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
	    MAP_FIXED_NOREPLACE, -1, 0);
	YES(q == p);
	/* A hint that is free is taken; one that is not, is not. */
	munmap(p, PG);
	q = mmap(p, PG, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	YES(q == p);
	q = mmap(p + PG, PG, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	YES(q != p + PG && q != MAP_FAILED);
	q = mmap((void *)0x10000000, PG, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	YES(q == (void *)0x10000000);
	q = mmap((void *)0x1fffffff, PG, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	YES(q == (void *)0x20000000 || q == (void *)0x1ffff000);
}

static void
case_low32(void)
{
	char *p;

	p = mmap(NULL, PG, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
	    MAP_32BIT, -1, 0);
	YES(p != MAP_FAILED && (uintptr_t)p < 1UL << 31);
}

static void
case_noreserve_big(void)
{
	char *p;

	/* As Go, node and sanitizers reserve their spaces. */
	p = mmap(NULL, 1UL << 36, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
	    MAP_NORESERVE, -1, 0);
	YES(p != MAP_FAILED);
	RET(mprotect(p + (1UL << 35), PG, PROT_READ | PROT_WRITE));
	p[1UL << 35] = 1;
	RET(munmap(p, 1UL << 36));
	p = mmap((void *)0xc000000000, 1UL << 26, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	YES(p == (void *)0xc000000000);
	p = mmap(p, 1UL << 22, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	YES(p == (void *)0xc000000000);
	memset(p, 1, 1 << 20);
}

static void
case_protect(void)
{
	char *p = anon(3 * PG);

	catch_faults();
	RET(mprotect(p + PG, PG, PROT_READ));
	touch("rw", p, 'w');
	touch("r", p + PG, 'r');
	touch("r", p + PG, 'w');
	RET(mprotect(p + PG, PG, PROT_NONE));
	touch("none", p + PG, 'r');
	RET(mprotect(p + PG, PG, PROT_READ | PROT_WRITE));
	touch("again", p + PG, 'w');
	RET(mprotect(p, 3 * PG, PROT_READ));
	touch("all", p + 2 * PG, 'w');
	RET(mprotect(p + 1, PG, PROT_READ));
	RET(mprotect(p, 0, PROT_NONE));
	RET(mprotect(p, PG, 0x1000));
	munmap(p + PG, PG);
	RET(mprotect(p, 3 * PG, PROT_READ | PROT_WRITE));
	touch("before hole", p, 'w');
	touch("behind hole", p + 2 * PG, 'w');
	RET(mprotect(p + PG, PG, PROT_READ));
	RET(mprotect(p, PG, PROT_READ | PROT_GROWSDOWN));
}

static void
case_exec_code(void)
{
	/* mov $42,%eax; ret */
	static const unsigned char code[] = { 0xb8, 42, 0, 0, 0, 0xc3 };
	char *p = anon(PG);
	int (*fn)(void) = (int (*)(void))(uintptr_t)p;

	catch_faults();
	memcpy(p, code, sizeof(code));
	touch("data", p, 'x');
	RET(mprotect(p, PG, PROT_READ | PROT_EXEC));
	say("returns %d\n", fn());
	touch("code", p, 'w');
	RET(mprotect(p, PG, PROT_READ | PROT_WRITE | PROT_EXEC));
	p[1] = 43;
	say("returns %d\n", fn());
}

static void
case_syscall_in_jit(void)
{
	/* mov $39,%eax; syscall; ret, in memory of our own making */
	static const unsigned char code[] = {
		0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0xc3
	};
	char *p = mmap(NULL, PG, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int (*fn)(void) = (int (*)(void))(uintptr_t)p;

	memcpy(p, code, sizeof(code));
	YES(fn() == getpid());
	YES(fn() == getpid());
}

static void
case_private_file(void)
{
	char *p, buf[8] = "";
	int fd;

	put_file("f", "abcdefgh", 0644);
	fd = MUST(open("f", O_RDONLY));
	p = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	close(fd);
	YES(p != MAP_FAILED);
	p[0] = 'X';
	say("%.8s %d %d\n", p, p[8], p[PG - 1]);
	say_file("f");
	fd = MUST(open("f", O_RDWR));
	VAL(pwrite(fd, "Y", 1, 1));
	VAL(pread(fd, buf, 4, 0));
	say("%.4s\n", buf);
}

static void
case_shared_file(void)
{
	char *p, *q;
	int fd;

	put_file("f", "abcdefgh", 0644);
	fd = MUST(open("f", O_RDWR));
	p = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	q = mmap(NULL, PG, PROT_READ, MAP_SHARED, fd, 0);
	YES(p != MAP_FAILED && q != MAP_FAILED);
	p[0] = 'X';
	say("other map %c\n", q[0]);
	say_file("f");
	VAL(pwrite(fd, "Z", 1, 2));
	say("map %.8s\n", q);
	CHILD(p[3] = 'C');
	say("after child %.8s\n", q);
	RET(msync(p, PG, MS_SYNC));
	RET(munmap(p, PG));
	say_file("f");
	VAL(ftruncate(fd, 3));
	say_file("f");
}

static void
case_file_offset(void)
{
	char *p, buf[PG];
	int fd, i;

	fd = MUST(open("f", O_RDWR | O_CREAT, 0644));
	for (i = 0; i < 4; i++) {
		memset(buf, 'a' + i, PG);
		VAL(write(fd, buf, PG));
	}
	p = mmap(NULL, 2 * PG, PROT_READ, MAP_PRIVATE, fd, 2 * PG);
	say("%c %c\n", p[0], p[PG]);
	p = mmap(NULL, 2 * PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, PG);
	p[5] = '!';
	VAL(pread(fd, buf, 1, PG + 5));
	say("%c\n", buf[0]);
}

static void
case_sigbus(void)
{
	char *p;
	int fd;

	catch_faults();
	put_file("f", "abc", 0644);
	fd = MUST(open("f", O_RDWR));
	p = mmap(NULL, 3 * PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	touch("inside", p, 'r');
	touch("tail of page", p + 100, 'r');
	touch("beyond", p + PG, 'r');
	touch("beyond", p + 2 * PG + 5, 'w');
	VAL(ftruncate(fd, 2 * PG));
	touch("grown", p + PG, 'w');
	touch("beyond", p + 2 * PG, 'r');
	VAL(ftruncate(fd, 0));
	touch("shrunk", p, 'r');
}

static void
case_segv_kinds(void)
{
	char *p = anon(PG);

	catch_faults();
	touch("null", NULL, 'r');
	touch("null", NULL, 'w');
	touch("null", NULL, 'x');
	touch("low", (char *)0x123, 'r');
	touch("noncanonical", (char *)(1UL << 62), 'r');
	touch("kernel", (char *)0xffffffff80000000UL, 'r');
	touch("rodata", (char *)(uintptr_t)"text", 'w');
	touch("data", p, 'x');
}

static void
case_default_action(void)
{
	char *p = anon(PG);

	CHILD(*(volatile int *)0 = 1);
	CHILD(mprotect(p, PG, PROT_NONE); *(volatile char *)p = 1);
	CHILD(__builtin_trap());
	CHILD(volatile int z = 0; z = 7 / z);
	CHILD(__asm__ volatile("int3"));
	CHILD(__asm__ volatile("hlt"));
	CHILD(abort());
	CHILD(int fd = open("f", O_RDWR | O_CREAT, 0600);
	    p = mmap(NULL, PG, PROT_READ, MAP_SHARED, fd, 0);
	    (void)*(volatile char *)p);
}

static void
case_cow_fork(void)
{
	char *p = anon(100 * PG), *s;

	s = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_SHARED |
	    MAP_ANONYMOUS, -1, 0);
	memset(p, 'p', 100 * PG);
	CHILD(memset(p, 'c', 100 * PG); s[0] = 'c'; say("%c\n", p[50 * PG]));
	say("%c %c\n", p[50 * PG], s[0]);
	CHILD(munmap(p, 100 * PG));
	say("%c\n", p[99 * PG]);
}

static void
case_shared_zero(void)
{
	char *p, *q;
	int fd;

	fd = MUST(open("/dev/zero", O_RDWR));
	p = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	YES(p != MAP_FAILED);
	p[3] = 1;
	q = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	YES(q != MAP_FAILED);
	say("%d\n", q[3]);
	CHILD(q[0] = 5);
	say("%d\n", q[0]);
	fd = MUST(open("/dev/null", O_RDWR));
	RET(mmap(NULL, PG, PROT_READ, MAP_PRIVATE, fd, 0));
	int pp[2];
	MUST(pipe(pp));
	RET(mmap(NULL, PG, PROT_READ, MAP_PRIVATE, pp[0], 0));
}

static void
case_madvise(void)
{
	char *p = anon(4 * PG);
	int fd;

	memset(p, 'x', 4 * PG);
	RET(madvise(p + PG, PG, MADV_DONTNEED));
	say("%d %d %d\n", p[0], p[PG], p[2 * PG]);
	RET(madvise(p, 4 * PG, MADV_NORMAL));
	RET(madvise(p, 4 * PG, MADV_SEQUENTIAL));
	RET(madvise(p, 4 * PG, MADV_WILLNEED));
	RET(madvise(p, 4 * PG, MADV_FREE));
	RET(madvise(p, 4 * PG, MADV_DONTFORK));
	RET(madvise(p, 4 * PG, MADV_DOFORK));
	RET(madvise(p, 4 * PG, MADV_DONTDUMP));
	RET(madvise(p, 4 * PG, MADV_DODUMP));
	RET(madvise(p + 1, PG, MADV_DONTNEED));
	RET(madvise(p, PG, 12345));
	RET(madvise(p, 0, MADV_DONTNEED));
	munmap(p + PG, PG);
	RET(madvise(p, 4 * PG, MADV_DONTNEED));
	RET(madvise(p, PG, MADV_POPULATE_WRITE));
	put_file("f", "file contents", 0644);
	fd = MUST(open("f", O_RDWR));
	p = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	p[0] = 'X';
	RET(madvise(p, PG, MADV_DONTNEED));
	say("%.4s\n", p);
}

static void
case_wipeonfork(void)
{
	char *p = anon(2 * PG);

	memset(p, 'x', 2 * PG);
	RET(madvise(p, PG, MADV_WIPEONFORK));
	CHILD(say("%d %d\n", p[0], p[PG]));
	RET(madvise(p, PG, MADV_KEEPONFORK));
	CHILD(say("%d %d\n", p[0], p[PG]));
	RET(madvise(p, PG, MADV_DONTFORK));
	CHILD(say("%d\n", p[PG]); (void)*(volatile char *)p);
}

static void
case_msync(void)
{
	char *p = anon(2 * PG);

	RET(msync(p, 2 * PG, MS_SYNC));
	RET(msync(p, PG, MS_ASYNC));
	RET(msync(p, PG, MS_ASYNC | MS_SYNC));
	RET(msync(p, PG, 0x80));
	RET(msync(p + 1, PG, MS_SYNC));
	RET(msync(p, PG, MS_INVALIDATE));
	munmap(p + PG, PG);
	RET(msync(p, 2 * PG, MS_SYNC));
}

static void
case_mincore(void)
{
	unsigned char vec[4] = { 9, 9, 9, 9 };
	char *p = anon(3 * PG);

	p[0] = 1;
	p[2 * PG] = 1;
	RET(mincore(p, 3 * PG, vec));
	say("%d %d %d\n", vec[0] & 1, vec[2] & 1, vec[3]);
	RET(mincore(p + 1, PG, vec));
	RET(mincore(p, PG, bad_page()));
	munmap(p + PG, PG);
	RET(mincore(p, 3 * PG, vec));
	RET(mincore(p, 0, vec));
}

static void
case_mlock(void)
{
	char *p = anon(4 * PG);

	RET(mlock(p, PG));
	RET(mlock(p + 100, 10));
	RET(munlock(p, PG));
	RET(syscall(SYS_mlock2, p, PG, 1));
	RET(syscall(SYS_mlock2, p, PG, 77));
	RET(mlockall(0));
	RET(mlockall(MCL_ONFAULT));
	RET(munlockall());
	munmap(p + PG, PG);
	RET(mlock(p, 3 * PG));
	RET(munlock(p, 3 * PG));
}

static void
case_populate(void)
{
	char *p;

	p = mmap(NULL, 8 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	YES(p != MAP_FAILED && p[7 * PG] == 0);
	p = mmap(NULL, 8 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
	YES(p != MAP_FAILED);
}

static void
case_growsdown(void)
{
	volatile char *p;
	char *base = anon(600 * PG);

	catch_faults();
	munmap(base, 600 * PG);
	p = mmap(base + 500 * PG, PG, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN, -1, 0);
	YES(p == base + 500 * PG);
	touch("in", p, 'w');
	touch("below", p - 1, 'w');
	touch("further", p - 3 * PG, 'w');
	touch("above", p + PG, 'w');
}

static int
deep(int n)
{
	volatile char frame[4096];

	frame[0] = n;
	return (n == 0 ? 0 : deep(n - 1) + frame[0] - (char)n + 1);
}

static void
case_stack_growth(void)
{
	struct rlimit rl = { 1 << 20, RLIM_INFINITY };

	say("depth %d\n", deep(1500));
	CHILD(deep(100000));
	CHILD(struct sigaction sa; stack_t ss;
	    ss.ss_sp = anon(65536); ss.ss_size = 65536; ss.ss_flags = 0;
	    sigaltstack(&ss, NULL);
	    memset(&sa, 0, sizeof(sa));
	    sa.sa_sigaction = on_fault; sa.sa_flags = SA_SIGINFO | SA_ONSTACK;
	    sigaction(SIGSEGV, &sa, NULL);
	    if (sigsetjmp(fault_env, 1) == 0) deep(100000);
	    else say("overflow caught %s\n", sig_name(fault_sig)));
	getrlimit(RLIMIT_STACK, &rl);
	rl.rlim_cur = 1 << 20;
	MUST(setrlimit(RLIMIT_STACK, &rl));
	CHILD(deep(1900));
}

static void
case_efault_io(void)
{
	char *e = edge_page();
	int fd;

	put_file("f", "0123456789", 0644);
	fd = MUST(open("f", O_RDWR));
	VAL(read(fd, bad_page(), 4));
	VAL(lseek(fd, 0, SEEK_CUR));
	VAL(write(fd, bad_page(), 4));
	VAL(pread(fd, e + 4092, 4, 0));
	say("%.4s\n", e + 4092);
	VAL(read(fd, (void *)0xffffffff80000000UL, 4));
	VAL(write(fd, (void *)-1UL, 4));
	VAL(stat("f", bad_page()));
	VAL(stat(bad_page(), bad_page()));
	VAL(syscall(SYS_stat, "f", e + 4092));
}

static void
case_memfd(void)
{
	char *p, *q;
	int fd;

	fd = MUST(memfd_create("name", MFD_CLOEXEC | MFD_ALLOW_SEALING));
	VAL(ftruncate(fd, 2 * PG));
	p = mmap(NULL, 2 * PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	q = mmap(NULL, 2 * PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	p[PG] = 9;
	say("%d\n", q[PG]);
	VAL(fcntl(fd, F_GET_SEALS));
	RET(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	munmap(p, 2 * PG);
	munmap(q, 2 * PG);
	RET(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW));
	VAL(write(fd, "x", 1));
	VAL(ftruncate(fd, 3 * PG));
	VAL(ftruncate(fd, PG));
	RET(mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	RET(mmap(NULL, PG, PROT_READ, MAP_PRIVATE, fd, 0));
	RET(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL));
	RET(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
	fd = MUST(memfd_create("plain", 0));
	VAL(fcntl(fd, F_GET_SEALS));
	RET(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	RET(memfd_create("bad", 0x8000));
	RET(syscall(SYS_memfd_create, bad_page(), 0));
}

static void
case_remap_file_pages(void)
{
	char *p, *anon;
	int fd = (int)MUST(open("f", O_CREAT | O_RDWR, 0600));

	MUST(ftruncate(fd, 4 * 4096));
	for (int i = 0; i < 4; i++)
		MUST(pwrite(fd, &(char){ (char)('a' + i) }, 1, i * 4096));
	p = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	anon = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	say("%c%c%c%c\n", p[0], p[4096], p[8192], p[12288]);
	VAL(remap_file_pages(p, 4096, 0, 3, 0));
	VAL(remap_file_pages(p + 8192, 8192, 0, 0, 0));
	say("%c%c%c%c\n", p[0], p[4096], p[8192], p[12288]);
	p[0] = 'Z';
	say("%c\n", p[0]);
	p[8192] = 'Y';
	VAL(pread(fd, p + 100, 1, 0));
	say("%c\n", p[100]);
	VAL(remap_file_pages(p, 4096, PROT_READ, 0, 0));
	VAL(remap_file_pages(anon, 4096, 0, 0, 0));
	VAL(remap_file_pages(p, 0, 0, 0, 0));
	VAL(remap_file_pages(p, 100 << 20, 0, 0, 0));
	VAL(remap_file_pages((void *)4096, 4096, 0, 0, 0));
	munmap(p, 4 * 4096);
	VAL(remap_file_pages(p, 4096, 0, 0, 0));
}

CASES("mmap",
	CASE(anon), CASE(errors), CASE(split), CASE(fixed), CASE(low32),
	CASE(noreserve_big), CASE(protect), CASE(exec_code),
	CASE(syscall_in_jit), CASE(private_file), CASE(shared_file),
	CASE(file_offset), CASE(sigbus), CASE(segv_kinds),
	CASE(default_action), CASE(cow_fork), CASE(shared_zero),
	CASE(madvise), CASE(wipeonfork), CASE(msync), CASE(mincore),
	CASE(mlock), CASE(populate), CASE(growsdown), CASE(stack_growth),
	CASE(efault_io), CASE(memfd), CASE(remap_file_pages));
