/*
 * test_trace.c: the recorder's ring under a reader, the decoder, and what reads
 * an arena, on garbage.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/rec.h"
#include "jail/look.h"
#include "kern/proc.h"
#include "trace/session.h"

/* --- the ring ----------------------------------------------------------------- */

static struct recent ring[REC_ENTRIES];
static struct thread writer = { .td_ring = ring };
static uint32_t stop;

/* Call n has all arguments n, number n & 0xff, result -n. */
static void *
write_calls(void *arg)
{
	while (atomic_load_relaxed(&stop) == 0) {
		struct recent *re = rec_next(&writer);
		uint64_t n = writer.td_ncalls - 1;

		for (int i = 0; i < 6; i++)
			re->re_args[i] = n;
		rec_begin(&writer, re, (uint32_t)n & 0xff, (int)(n & 1));
		rec_end(re, -(long)n);
	}
	return (NULL);
}

static void
ring_reader_sees_whole_calls(void **state)
{
	unsigned good = 0, tries = 0;
	struct recent re;
	pthread_t t;

	assert_int_equal(pthread_create(&t, NULL, write_calls, NULL), 0);
	while (good < 200000 && tries++ < 100000000) {
		uint64_t n = atomic_load_relaxed(&writer.td_ncalls) -
		    1 - tries % REC_ENTRIES;

		if ((int64_t)n < 0 || !rec_read(ring, &writer.td_ncalls, n,
		    &re))
			continue;
		good++;
		for (int i = 0; i < 6; i++)
			assert_int_equal(re.re_args[i], n);
		assert_int_equal(re.re_nr, n & 0xff);
		assert_int_equal(REC_ABI(re.re_tag), n & 1);
		if (re.re_tag & REC_DONE)
			assert_int_equal(re.re_ret, -(int64_t)n);
	}
	atomic_store(&stop, 1);
	(void)pthread_join(t, NULL);
	assert_true(good > 1000);
	/* What was never made, or is long gone, is refused. */
	assert_false(rec_read(ring, &writer.td_ncalls, writer.td_ncalls,
	    &re));
	assert_false(rec_read(ring, &writer.td_ncalls, writer.td_ncalls -
	    REC_ENTRIES - 1, &re));
}

/* --- the decoder ---------------------------------------------------------------- */

static char memory[8192];
#define	MEM	0x10000UL

static size_t
read_memory(const struct dec *d, uint64_t addr, void *buf, size_t len)
{
	if (addr < MEM || addr >= MEM + sizeof(memory))
		return (0);
	len = kmin(len, (size_t)(MEM + sizeof(memory) - addr));
	memcpy(buf, memory + (addr - MEM), len);
	return (len);
}

static const struct dec_opts plain = { .do_strsize = 32 };

static int abi;

static void
check(uint32_t nr, const uint64_t args[6], int64_t ret, const char *want)
{
	struct text t = { 0 };
	struct dec d = { .d_opt = &plain, .d_out = &t, .d_nr = nr, .d_abi = abi,
	    .d_ret = ret, .d_leave = true, .d_read = read_memory };

	memcpy(d.d_args, args, sizeof(d.d_args));
	dec_init(&d);
	dec_enter(&d);
	dec_rest(&d);
	tputs(&t, " = ");
	dec_result(&d, &t);
	assert_string_equal(tstr(&t), want);
	tfree(&t);
	tfree(&d.d_aux);
}
#define	ARGS(...)	(const uint64_t[6]){ __VA_ARGS__ }

static void
decoder_knows_calls(void **state)
{
	memset(memory, 0, sizeof(memory));
	strcpy(memory, "/etc/passwd");
	memory[100] = 5;
	memory[104] = 1;
	check(39, ARGS(0), 17, "getpid() = 17");
	check(257, ARGS(-100UL, MEM, 02000000), 3,
	    "openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY|O_CLOEXEC) = 3");
	check(257, ARGS(-100UL, MEM, 0101, 0644), -13, "openat(AT_FDCWD, "
	    "\"/etc/passwd\", O_WRONLY|O_CREAT, 0644) = -1 EACCES "
	    "(Permission denied)");
	check(0, ARGS(3, MEM, 4096), 4, "read(3, \"/etc\", 4096) = 4");
	check(0, ARGS(3, MEM, 4096), -9, "read(3, 0x10000, 4096) = -1 EBADF "
	    "(Bad file descriptor)");
	check(1, ARGS(1, 0x5, 10), 10, "write(1, 0x5, 10) = 10");
	check(9, ARGS(0, 4096, 3, 0x22, -1UL, 0), 0x7f0000000000,
	    "mmap(NULL, 4096, PROT_READ|PROT_WRITE, "
	    "MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000");
	check(7, ARGS(MEM + 100, 1, -1UL), 0, "poll([{fd=5, events=POLLIN}], "
	    "1, -1) = 0 (Timeout)");
	check(35, ARGS(MEM + 200, 0), -516, "nanosleep({tv_sec=0, tv_nsec=0}, "
	    "NULL) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)");
	check(62, ARGS(7, 15), 0, "kill(7, SIGTERM) = 0");
	check(234, ARGS(7, 7, 40), 0, "tgkill(7, 7, SIGRT_8) = 0");
	check(999, ARGS(1, 2, 3, 4, 5, 6), -38, "syscall_0x3e7(0x1, 0x2, 0x3, "
	    "0x4, 0x5, 0x6) = -1 ENOSYS (Function not implemented)");
}

static void
decoder_knows_freebsd(void **state)
{
	memset(memory, 0, sizeof(memory));
	strcpy(memory, "/etc/passwd");
	abi = ABI_FREEBSD64;
	check(499, ARGS(-100UL, MEM, 0x100001), 3,
	    "openat(AT_FDCWD, \"/etc/passwd\", O_WRONLY|O_CLOEXEC, 000) = 3");
	check(37, ARGS(5, 20), 0, "kill(5, SIGCHLD) = 0");
	check(20, ARGS(0), 5, "getpid() = 5");
	abi = ABI_LINUX64;
}

static void
decoder_quotes(void **state)
{
	struct text t = { 0 };

	dec_quote(&t, "a\"\\\n\0001\0008\377\033", 10, false);
	assert_string_equal(tstr(&t), "\"a\\\"\\\\\\n\\0001\\08\\377\\33\"");
	tclear(&t);
	dec_quote(&t, "a\n", 2, true);
	assert_string_equal(tstr(&t), "\"\\x61\\x0a\"");
	tfree(&t);
}

/* Every call with every argument wild, in memory of garbage. */
static void
decoder_survives_garbage(void **state)
{
	static const struct dec_opts opts[] = { { 32, false, false },
	    { 8192, true, true } };
	struct text t = { 0 };

	srand(1);
	for (unsigned i = 0; i < sizeof(memory); i++)
		memory[i] = (char)rand();
	for (unsigned n = 0; n < 200000; n++) {
		struct dec d = { .d_opt = &opts[n % 2], .d_out = &t,
		    .d_nr = n % 520, .d_abi = n % 3 == 0 ? 2 : 0,
		    .d_ret = rand() % 100 - 20, .d_leave = n % 5 != 0,
		    .d_read = read_memory, .d_before = read_memory };

		for (int i = 0; i < 6; i++)
			d.d_args[i] = rand() % 3 == 0 ? (uint64_t)rand() << 33 :
			    rand() % 2 == 0 ? MEM + (unsigned)rand() % 8192 :
			    (uint64_t)(rand() % 70 - 3);
		tclear(&t);
		dec_init(&d);
		dec_enter(&d);
		dec_rest(&d);
		dec_result(&d, &t);
		tfree(&d.d_aux);
	}
	tfree(&t);
}

/* --- filters ---------------------------------------------------------------------- */

static bool
has(const struct filter *f, uint32_t nr)
{
	return (filter_call(f, 0, nr));
}

static void
filters(void **state)
{
	static struct jerr e;
	struct filter f;

	filter_all(&f);
	assert_true(has(&f, 0) && has(&f, 5000));
	assert_int_equal(filter_parse(&f, "trace=openat,close", &e), 0);
	assert_true(has(&f, 257) && has(&f, 3) && !has(&f, 0));
	assert_int_equal(filter_parse(&f, "!%file", &e), 0);
	assert_true(!has(&f, 257) && has(&f, 3));
	assert_int_equal(filter_parse(&f, "/^get.id$", &e), 0);
	assert_true(has(&f, 39) && !has(&f, 0));
	assert_int_equal(filter_parse(&f, "none", &e), 0);
	assert_false(has(&f, 0));
	assert_int_equal(filter_parse(&f, "signal=!CHLD", &e), 0);
	assert_true(f.f_signals == ~(1ULL << 16));
	assert_int_equal(filter_parse(&f, "nosuch", &e), -1);
	assert_int_equal(filter_parse(&f, "%nosuch", &e), -1);
	assert_int_equal(filter_parse(&f, "/(", &e), -1);
	assert_int_equal(filter_parse(&f, "other=x", &e), -1);
	assert_int_equal(filter_parse(&f, "?nosuch", &e), 0);
}

/* --- hostile jails -------------------------------------------------------------------- */

static void
session_survives_garbage(void **state)
{
	static union {
		struct trec	rec;
		struct tchunk	chunk;
		char		raw[TRACE_RECMAX];
	} u;
	struct ses_opts so = { .so_dec = { 32, true, true },
	    .so_follow = true, .so_stamp = 2, .so_spent = true,
	    .so_summary = true };
	struct session *s;

	so.so_out = fopen("/dev/null", "w");
	filter_all(&so.so_filter);
	s = ses_new(&so);
	srand(2);
	for (unsigned n = 0; n < 60000; n++) {
		size_t size = sizeof(u.rec) + (size_t)(rand() % 512) * 8;

		for (size_t i = 0; i < size; i++)
			u.raw[i] = (char)rand();
		u.rec.tr_type = (uint8_t)(rand() % 5);
		u.rec.tr_tid = rand() % 8;
		u.rec.tr_abi = (uint8_t)(rand() % 4);
		u.rec.tr_nr = (uint32_t)(rand() % 500);
		u.rec.tr_seq = (uint64_t)(rand() % 2);
		u.rec.tr_lost = 0;
		if (rand() % 2 == 0) {
			struct tchunk tk = { u.rec.tr_args[rand() % 6],
			    (uint32_t)(rand() % 600), 0 };

			memcpy(u.raw + sizeof(u.rec), &tk,
			    kmin(sizeof(tk), size - sizeof(u.rec)));
		}
		ses_record(s, &u.rec, size);
	}
	ses_end(s);
	(void)fclose(so.so_out);
}

#define	ASIZE	(16UL << 20)
static char *arena;

/* A pointer that might be one. */
static void *
wild(void)
{
	switch (rand() % 6) {
	case 0:
		return ((void *)(uintptr_t)(((uint64_t)rand() << 32) |
		    (unsigned)rand()));
	case 1:
		return (arena + ASIZE - (unsigned)rand() % 4096);
	case 2:
		return (arena + (unsigned)rand() % ASIZE);
	case 3:
		return (arena - 8 * (rand() % 3));
	default:
		return (arena + rounddown2((unsigned)rand() % ASIZE, 64));
	}
}

static bool
any_proc(const struct look_proc *lp, void *arg)
{
	assert_non_null(memchr(lp->lp_name, '\0', sizeof(lp->lp_name)));
	return (++*(unsigned *)arg < 100000);
}

static bool
any_thread(const struct look_thread *lt, void *arg)
{
	assert_true(lt->lt_ncalls <= LOOK_CALLS);
	return (++*(unsigned *)arg < 1000);
}

static void
looks_survive_garbage(void **state)
{
	static char rec[TRACE_RECMAX] __attribute__((aligned(8)));
	struct jail_link jl = { .jl_size = ASIZE };
	struct root *r;
	uint64_t resync;

	arena = mmap((void *)ARENA_BASE, ASIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	assert_ptr_equal(arena, ARENA_BASE);
	jl.jl_arena = arena;
	r = (struct root *)(void *)arena;
	srand(3);
	for (unsigned n = 0; n < 300; n++) {
		struct look_jail lj;
		unsigned count = 0;
		long got;

		/* Words of all kinds everywhere, lists that lead anywhere. */
		for (unsigned i = 0; i < 20000; i++)
			((void **)(void *)arena)[(unsigned)rand() %
			    (ASIZE / 8)] = wild();
		for (unsigned i = 0; i < KROOT_NSLOTS; i++)
			r->r_sub[i] = wild();
		look_jail(&jl, &lj);
		look_procs(&jl, any_proc, &count);
		count = 0;
		look_calls(&jl, any_thread, &count);
		(void)look_guest(&jl, 5);
		(void)look_lost(&jl);
		got = look_record(&jl, (uint64_t)rand() * 8, rec, &resync);
		assert_true(got <= (long)sizeof(rec));
	}
	(void)munmap(arena, ASIZE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ring_reader_sees_whole_calls),
		cmocka_unit_test(decoder_knows_calls),
		cmocka_unit_test(decoder_knows_freebsd),
		cmocka_unit_test(decoder_quotes),
		cmocka_unit_test(decoder_survives_garbage),
		cmocka_unit_test(filters),
		cmocka_unit_test(session_survives_garbage),
		cmocka_unit_test(looks_survive_garbage),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
