/*
 * test_vm.c: address spaces (vm/vm.h).  Random changes of a small region,
 * compared after each with a model of pages, with the record, and with what
 * the real host says in /proc/self/maps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/thread.h"
#include "host/fake/fake.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "vm/vm_internal.h"

#define	ARENA	(64UL << 20)
#define	BASE	0x200000000000UL	/* free in a sanitized process */
#define	NPAGES	256
#define	RWX	(PROT_READ | PROT_WRITE | PROT_EXEC)
#define	ANON	(MAP_PRIVATE | MAP_ANONYMOUS)
#define	PAGE(i)	(BASE + (uaddr_t)(i) * KPAGE_SIZE)

static struct vmspace *vm;
static int8_t model[NPAGES];		/* prot, or -1 */
static uint32_t seed;

static uint32_t
rnd(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return ((seed >> 8) % n);
}

static int
boot(void **state)
{
	fake_boot(ARENA);
	fake_thread(1);
	vm_init();
	vm = vm_alloc();
	assert_non_null(vm);
	vm->vm_mmapbase = PAGE(NPAGES);
	memset(model, -1, sizeof(model));
	return (0);
}

static int
shut(void **state)
{
	(void)vm_munmap(vm, PAGE(0), NPAGES * KPAGE_SIZE);
	vm_release(vm);
	fake_shutdown();
	return (0);
}

static void
host_view(int8_t *view)
{
	unsigned long s, e;
	char line[512], p[8];
	FILE *f = fopen("/proc/self/maps", "r");

	memset(view, -1, NPAGES);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%lx %7s", &s, &e, p) != 3)
			continue;
		for (int i = 0; i < NPAGES; i++)
			if (PAGE(i) >= s && PAGE(i) < e)
				view[i] = (p[0] == 'r') | (p[1] == 'w') << 1 |
				    (p[2] == 'x') << 2;
	}
	fclose(f);
}

static int
tree_check(struct vm_entry *t)
{
	uint64_t gap;
	int l, r;

	if (t == NULL)
		return (0);
	l = tree_check(t->e_left);
	r = tree_check(t->e_right);
	assert_true(abs(l - r) <= 1);
	assert_int_equal(t->e_height, 1 + (l > r ? l : r));
	gap = t->e_start - (t->e_prev == NULL ? 0 : t->e_prev->e_end);
	if (t->e_left != NULL)
		gap = kmax(gap, t->e_left->e_maxgap);
	if (t->e_right != NULL)
		gap = kmax(gap, t->e_right->e_maxgap);
	assert_int_equal(gap, t->e_maxgap);
	return (t->e_height);
}

static void
check(bool host)
{
	int8_t view[NPAGES];
	struct vm_entry *e;
	uint64_t size = 0;
	unsigned n = 0;

	memset(view, -1, sizeof(view));
	for (e = vm->vm_first; e != NULL; e = e->e_next, n++) {
		assert_true(e->e_start < e->e_end);
		if (e->e_prev != NULL)
			assert_true(e->e_prev->e_end <= e->e_start);
		size += e->e_end - e->e_start;
		for (uaddr_t a = e->e_start; a < e->e_end; a += KPAGE_SIZE)
			view[(a - BASE) / KPAGE_SIZE] = e->e_prot;
	}
	assert_int_equal(n, vm->vm_count);
	assert_int_equal(size, vm->vm_size);
	tree_check(vm->vm_tree);
	assert_memory_equal(view, model, sizeof(model));
	if (host) {
		host_view(view);
		assert_memory_equal(view, model, sizeof(model));
	}
}

static void
op_mmap(void)
{
	static const int prots[] = { 0, 1, 3, 3, 3, 5 };
	int n = 1 + rnd(8), i = rnd(NPAGES - n), prot = prots[rnd(6)];
	int how = rnd(3), flags = ANON;
	bool isfree = true;
	long r;

	for (int k = i; k < i + n; k++)
		isfree = isfree && model[k] < 0;
	flags |= how == 0 ? MAP_FIXED : how == 1 ? MAP_FIXED_NOREPLACE : 0;
	r = vm_mmap(vm, PAGE(i), n * KPAGE_SIZE, prot, flags, NULL, 0, RWX);
	if (how == 1 && !isfree) {
		assert_int_equal(r, -EEXIST);
		return;
	}
	if (r < 0) {			/* full; below is other space */
		assert_int_equal(how, 2);
		return;
	}
	if (how != 2 || isfree)
		assert_int_equal(r, PAGE(i));
	if ((uaddr_t)r < BASE || (uaddr_t)r >= PAGE(NPAGES)) {
		assert_int_equal(vm_munmap(vm, r, n * KPAGE_SIZE), 0);
		return;
	}
	i = ((uaddr_t)r - BASE) / KPAGE_SIZE;
	memset(model + i, prot, n);
	if (prot & PROT_WRITE)
		*(volatile char *)r = 1;
}

static void
op_munmap(void)
{
	int n = 1 + rnd(12), i = rnd(NPAGES - n);

	assert_int_equal(vm_munmap(vm, PAGE(i), n * KPAGE_SIZE), 0);
	memset(model + i, -1, n);
}

static void
op_mprotect(void)
{
	int n = 1 + rnd(12), i = rnd(NPAGES - n), prot = rnd(4), k;
	long r = vm_mprotect(vm, PAGE(i), n * KPAGE_SIZE, prot);

	for (k = i; k < i + n && model[k] >= 0; k++)
		model[k] = prot;
	assert_int_equal(r, k == i + n ? 0 : -ENOMEM);
}

static void
op_mremap(void)
{
	int o = 1 + rnd(6), n = 1 + rnd(6), i = rnd(NPAGES - 8), k;
	long r;

	for (k = i; k < i + o && model[k] == model[i]; k++)
		;
	if (model[i] < 0 || k < i + o)
		return;
	r = vm_mremap(vm, PAGE(i), o * KPAGE_SIZE, n * KPAGE_SIZE,
	    MREMAP_MAYMOVE, 0);
	if (r == -EFAULT || r == -ENOMEM) /* spans two entries, or no room */
		return;
	assert_true(r > 0);
	int prot = model[i];
	memset(model + i, -1, o);
	if ((uaddr_t)r < BASE || (uaddr_t)r >= PAGE(NPAGES)) {
		assert_int_equal(vm_munmap(vm, r, n * KPAGE_SIZE), 0);
		return;
	}
	memset(model + ((uaddr_t)r - BASE) / KPAGE_SIZE, prot, n);
}

static void
fuzz(void **state)
{
	for (seed = 1; seed < 4; seed++) {
		uint32_t keep = seed;

		for (int i = 0; i < 4000; i++) {
			switch (rnd(6)) {
			case 0 ... 1:
				op_mmap();
				break;
			case 2:
				op_munmap();
				break;
			case 3:
				op_mremap();
				break;
			default:
				op_mprotect();
			}
			check(i % 16 == 0);
		}
		seed = keep;
	}
}

/* A refused host call leaves record and host in step. */
static void
refused(void **state)
{
	seed = 99;
	for (int i = 0; i < 400; i++)
		op_mmap();
	check(true);
	fake_fail(1, ENOMEM);
	assert_int_equal(vm_munmap(vm, PAGE(3), 50 * KPAGE_SIZE), -ENOMEM);
	check(true);
	fake_fail(1, ENOMEM);
	assert_int_equal(vm_mmap(vm, PAGE(0), NPAGES * KPAGE_SIZE, 3,
	    ANON | MAP_FIXED, NULL, 0, RWX), -ENOMEM);
	check(true);
}

static void
limits(void **state)
{
	long r;

	/* The window, the zero page and the end of the world. */
	assert_int_equal(vm_mmap(vm, KWIN_BASE, 4096, 3, ANON | MAP_FIXED,
	    NULL, 0, RWX), -ENOMEM);
	assert_int_equal(vm_mmap(vm, KWIN_BASE - 4096, 8192, 3,
	    ANON | MAP_FIXED_NOREPLACE, NULL, 0, RWX), -ENOMEM);
	assert_int_equal(vm_mmap(vm, 0, 4096, 3, ANON | MAP_FIXED, NULL, 0,
	    RWX), -EPERM);
	assert_int_equal(vm_mmap(vm, USER_MAX, 4096, 3, ANON | MAP_FIXED,
	    NULL, 0, RWX), -ENOMEM);
	assert_int_equal(vm_mmap(vm, 0, 0, 3, ANON, NULL, 0, RWX), -EINVAL);
	assert_int_equal(vm_mmap(vm, 0, SIZE_MAX, 3, ANON, NULL, 0, RWX),
	    -ENOMEM);
	assert_int_equal(vm_mprotect(vm, KWIN_BASE, 4096, 1), -ENOMEM);
	assert_int_equal(vm_madvise(vm, KWIN_BASE, 4096, MADV_DONTNEED),
	    -ENOMEM);
	assert_int_equal(vm_mremap(vm, KWIN_BASE, 4096, 8192, MREMAP_MAYMOVE,
	    0), -EFAULT);
	/* munmap over the window leaves it alone. */
	assert_int_equal(vm_munmap(vm, KWIN_BASE, KWIN_END - KWIN_BASE), 0);
	vm_setlimits(vm, 16 * KPAGE_SIZE, UINT64_MAX, UINT64_MAX);
	r = vm_mmap(vm, PAGE(0), 16 * KPAGE_SIZE, 3, ANON, NULL, 0, RWX);
	assert_int_equal(r, PAGE(0));
	assert_int_equal(vm_mmap(vm, 0, 4096, 3, ANON, NULL, 0, RWX),
	    -ENOMEM);
	assert_int_equal(vm_mremap(vm, PAGE(0), 16 * KPAGE_SIZE,
	    17 * KPAGE_SIZE, MREMAP_MAYMOVE, 0), -ENOMEM);
	vm_setlimits(vm, UINT64_MAX, 4 * KPAGE_SIZE, UINT64_MAX);
	assert_int_equal(vm_mmap(vm, 0, 4096, 3, ANON, NULL, 0, RWX),
	    -ENOMEM);
	assert_int_equal(vm_munmap(vm, PAGE(0), 16 * KPAGE_SIZE), 0);
	vm_setlimits(vm, UINT64_MAX, UINT64_MAX, UINT64_MAX);
}

static void
heap(void **state)
{
	struct vm_info vi;

	vm->vm_norandom = 1;
	vm_setbrk(vm, PAGE(10) - 5);
	assert_int_equal(vm_brk(vm, 0), PAGE(10));
	assert_int_equal(vm_brk(vm, PAGE(12) + 1), PAGE(12) + 1);
	*(volatile char *)PAGE(12) = 7;
	assert_true(vm_next(vm, PAGE(10), &vi));
	assert_string_equal(vi.vi_path, "[heap]");
	assert_int_equal(vi.vi_end, PAGE(13));
	/* Something in the way. */
	assert_int_equal(vm_mmap(vm, PAGE(14), 4096, 1, ANON | MAP_FIXED,
	    NULL, 0, RWX), PAGE(14));
	assert_int_equal(vm_brk(vm, PAGE(15)), PAGE(12) + 1);
	assert_int_equal(vm_brk(vm, PAGE(11)), PAGE(11));
	assert_int_equal(vm_brk(vm, PAGE(13)), PAGE(13));
	assert_int_equal(*(volatile char *)PAGE(12), 0);
	(void)vm_munmap(vm, PAGE(0), NPAGES * KPAGE_SIZE);
}

/* The content goes along; DONTUNMAP leaves zeroes; growth is zero. */
static void
move(void **state)
{
	volatile char *p;
	long r;

	assert_int_equal(vm_mmap(vm, PAGE(1), 2 * KPAGE_SIZE, 3,
	    ANON | MAP_FIXED, NULL, 0, RWX), PAGE(1));
	*(volatile char *)PAGE(2) = 42;
	r = vm_mremap(vm, PAGE(1), 2 * KPAGE_SIZE, 4 * KPAGE_SIZE,
	    MREMAP_MAYMOVE | MREMAP_FIXED, PAGE(100));
	assert_int_equal(r, PAGE(100));
	p = (volatile char *)PAGE(100);
	assert_int_equal(p[KPAGE_SIZE], 42);
	assert_int_equal(p[2 * KPAGE_SIZE], 0);
	assert_true(vme_isfree(vm, PAGE(1), PAGE(3)));
	r = vm_mremap(vm, PAGE(100), 4 * KPAGE_SIZE, 4 * KPAGE_SIZE,
	    MREMAP_MAYMOVE | MREMAP_DONTUNMAP, PAGE(50));
	assert_int_equal(r, PAGE(50));
	assert_int_equal(p[KPAGE_SIZE], 0);
	assert_int_equal(*(volatile char *)PAGE(51), 42);
	(void)vm_munmap(vm, PAGE(0), NPAGES * KPAGE_SIZE);
}

static void
copies(void **state)
{
	struct vmspace *c;
	uint64_t r1 = vm_random(), r2 = vm_random();

	assert_true(r1 != r2);
	assert_int_equal(vm_mmap(vm, PAGE(1), 8 * KPAGE_SIZE, 3,
	    ANON | MAP_FIXED, NULL, 0, RWX), PAGE(1));
	assert_int_equal(vm_madvise(vm, PAGE(3), KPAGE_SIZE, MADV_DONTFORK),
	    0);
	assert_int_equal(vm_setname(vm, PAGE(5), KPAGE_SIZE, "x"), 0);
	assert_int_equal(vm->vm_count, 5);
	vm_forklock(vm);
	c = vm_fork(vm);
	vm_forkunlock(vm);
	assert_non_null(c);
	assert_int_equal(c->vm_count, 4);
	assert_int_equal(c->vm_size, 7 * KPAGE_SIZE);
	tree_check(c->vm_tree);
	vm_release(c);
	assert_int_equal(vm_setname(vm, PAGE(5), KPAGE_SIZE, NULL), 0);
	assert_int_equal(vm_madvise(vm, PAGE(3), KPAGE_SIZE, MADV_DOFORK), 0);
	assert_int_equal(vm->vm_count, 1);
	(void)vm_munmap(vm, PAGE(0), NPAGES * KPAGE_SIZE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(fuzz, boot, shut),
		cmocka_unit_test_setup_teardown(refused, boot, shut),
		cmocka_unit_test_setup_teardown(limits, boot, shut),
		cmocka_unit_test_setup_teardown(heap, boot, shut),
		cmocka_unit_test_setup_teardown(move, boot, shut),
		cmocka_unit_test_setup_teardown(copies, boot, shut),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
