/* test_libkern.c: ksnprintf against the host's snprintf; numbers; lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "libkern/errno.h"
#include "libkern/list.h"
#include "libkern/str.h"

#define	SAME(...)							\
	do {								\
		char a_[200], b_[200];					\
		int n_ = ksnprintf(a_, sizeof(a_), __VA_ARGS__);	\
		int m_ = snprintf(b_, sizeof(b_), __VA_ARGS__);		\
		assert_string_equal(a_, b_);				\
		assert_int_equal(n_, m_);				\
	} while (0)

static void
formats(void **state)
{
	static const long v[] = { 0, 1, -1, 7, 42, -999, 65535, 0x7fffffff,
	    -0x7fffffffL - 1, 0x123456789abcdefL, INT64_MAX, INT64_MIN };

	(void)state;
	for (size_t i = 0; i < nitems(v); i++) {
		SAME("%ld|%5ld|%-5ld|%05ld|%+ld|% ld|%.3ld", v[i], v[i], v[i],
		    v[i], v[i], v[i], v[i]);
		SAME("%lx|%#lx|%016lx|%lX|%lo|%lu|%-20lx|", v[i], v[i], v[i],
		    v[i], v[i], v[i], v[i]);
		SAME("%d|%u|%x|%8.4d|%-8.4d|%zu", (int)v[i], (int)v[i],
		    (int)v[i], (int)v[i], (int)v[i], (size_t)v[i]);
		SAME("%*ld|%-*ld|%.*ld", 9, v[i], 9, v[i], 4, v[i]);
	}
	SAME("%s|%10s|%-10s|%.2s|%c%c|%%", "abc", "abc", "abc", "abc", 'x',
	    'y');
	SAME("%p", (void *)0x1234);
}

static void
truncation(void **state)
{
	char b[8];

	(void)state;
	memset(b, 'Z', sizeof(b));
	assert_int_equal(ksnprintf(b, 5, "%s", "abcdefgh"), 8);
	assert_string_equal(b, "abcd");
	assert_int_equal(b[5], 'Z');
	assert_int_equal(ksnprintf(b, 0, "xyz"), 3);
	assert_int_equal(b[0], 'a');
	assert_int_equal(kstrlcpy(b, "0123456789", 4), 10);
	assert_string_equal(b, "012");
}

static void
numbers(void **state)
{
	const char *s;
	uint64_t v;

	(void)state;
	s = "18446744073709551615x";
	assert_int_equal(kstrtou64(&s, &v), 0);
	assert_true(v == UINT64_MAX);
	assert_int_equal(*s, 'x');
	s = "18446744073709551616";
	assert_int_equal(kstrtou64(&s, &v), -EINVAL);
	s = "-1";
	assert_int_equal(kstrtou64(&s, &v), -EINVAL);
	s = "";
	assert_int_equal(kstrtou64(&s, &v), -EINVAL);
}

struct item {
	struct list	link;
	int		n;
};

static void
lists(void **state)
{
	struct list a, b;
	struct item it[6], *p, *next;
	int sum = 0, k = 0;

	(void)state;
	list_init(&a);
	list_init(&b);
	for (int i = 0; i < 6; i++) {
		it[i].n = i;
		list_add_tail(i < 3 ? &a : &b, &it[i].link);
	}
	list_splice_tail(&a, &b);
	assert_true(list_empty(&b));
	list_foreach(p, &a, link)
		assert_int_equal(p->n, k++);
	assert_int_equal(k, 6);
	list_foreach_safe(p, next, &a, link)
		if (p->n & 1) {
			list_del(&p->link);
			list_del(&p->link);
		}
	list_foreach(p, &a, link)
		sum += p->n;
	assert_int_equal(sum, 0 + 2 + 4);
	assert_ptr_equal(list_first(&a, struct item, link), &it[0]);
	assert_ptr_equal(list_last(&a, struct item, link), &it[4]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats),
		cmocka_unit_test(truncation),
		cmocka_unit_test(numbers),
		cmocka_unit_test(lists),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
