/* test_kmem.c: the arena's allocators (base/kmem.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/kmem.h"
#include "host/fake/fake.h"
#include "libkern/str.h"

#define	ARENA	(64UL << 20)

static int
boot(void **state)
{
	(void)state;
	fake_boot(ARENA);
	return (0);
}

static int
shut(void **state)
{
	(void)state;
	fake_shutdown();
	return (0);
}

static bool
zeroed(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return (false);
	return (true);
}

/* Every size comes back zeroed, aligned, and does not overlap another. */
static void
sizes(void **state)
{
	enum { N = 300 };
	char *p[N];

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < N; i++) {
			size_t n = (size_t)i * 13 + 1;

			p[i] = kmalloc(n, 0);
			assert_non_null(p[i]);
			assert_int_equal((uintptr_t)p[i] & 15, 0);
			assert_true(zeroed(p[i], n));
			memset(p[i], i | 1, n);
		}
		for (int i = 0; i < N; i++) {
			size_t n = (size_t)i * 13 + 1;

			for (size_t j = 0; j < n; j++)
				assert_int_equal((uint8_t)p[i][j],
				    (uint8_t)(i | 1));
		}
		for (int i = 0; i < N; i++)
			kfree(p[(i * 7) % N]);
	}
}

/* Blocks split and join: all memory is there again after all was freed. */
static void
pages(void **state)
{
	struct kmem_stat before, after;
	void *p[64];

	(void)state;
	kmem_stat(&before);
	for (int i = 0; i < 64; i++) {
		p[i] = kpages_alloc((size_t)i % 9 + 1, 0);
		assert_non_null(p[i]);
		assert_true(zeroed(p[i], (i % 9 + 1) * KPAGE_SIZE));
		memset(p[i], 0xff, (i % 9 + 1) * KPAGE_SIZE);
	}
	for (int i = 0; i < 64; i++)
		kpages_free(p[i], (size_t)i % 9 + 1);
	kmem_stat(&after);
	assert_int_equal(before.used, after.used);
}

/* The bound holds, is reported as NULL, and nothing is lost by it. */
static void
exhaustion(void **state)
{
	void *last = NULL, *p;
	unsigned n = 0;

	(void)state;
	while ((p = kpages_alloc(16, KM_NOZERO)) != NULL) {
		*(void **)p = last;
		last = p;
		n++;
	}
	assert_true(n > ARENA / (16 * KPAGE_SIZE) / 2);
	assert_null(kmalloc(100000, 0));
	while (last != NULL) {
		p = *(void **)last;
		kpages_free(last, 16);
		last = p;
	}
	p = kpages_alloc(1024, 0);
	assert_non_null(p);
	assert_true(zeroed(p, 1024 * KPAGE_SIZE));
	kpages_free(p, 1024);
}

static void
realloc_keeps(void **state)
{
	char *p = NULL;
	size_t old = 0;

	(void)state;
	for (size_t n = 1; n < 100000; n = n * 3 + 1) {
		p = krealloc(p, old, n);
		assert_non_null(p);
		assert_true(zeroed(p + old, n - old));
		memset(p, 0x5a, n);
		old = n;
	}
	for (size_t i = 0; i < old; i++)
		assert_int_equal(p[i], 0x5a);
	kfree(p);
	kfree(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sizes, boot, shut),
		cmocka_unit_test_setup_teardown(pages, boot, shut),
		cmocka_unit_test_setup_teardown(exhaustion, boot, shut),
		cmocka_unit_test_setup_teardown(realloc_keeps, boot, shut),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
