/*
 * test_exec.c: the strings of a new program (kern/exec_args.c), and the
 * constants of FreeBSD (abi/freebsd64/freebsd64_const.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "abi/freebsd64/freebsd64.h"
#include "base/kmem.h"
#include "host/fake/fake.h"
#include "kern/exec.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/mman.h"

#define	ARENA	(64UL << 20)

static int
boot(void **state)
{
	fake_boot(ARENA);
	fake_thread(1);
	return (0);
}

static int
shut(void **state)
{
	fake_shutdown();
	return (0);
}

static bool
strings_are(const struct execimg *img, const char *want, size_t n)
{
	return (img->ei_strsize == n && memcmp(img->ei_strs, want, n) == 0);
}

static void
args(void **state)
{
	char *const argv[] = { "prog", "one", "", NULL };
	char *const envp[] = { "A=1", NULL };
	const char *const add[] = { "/bin/interp", "-x", "./script" };
	struct execimg img = { .ei_limit = 4096 };
	uint64_t vec[16];

	assert_int_equal(exec_args_kern(&img, argv, envp), 0);
	assert_int_equal(img.ei_argc, 3);
	assert_int_equal(img.ei_envc, 1);
	assert_int_equal(img.ei_arglen, 10);
	assert_true(strings_are(&img, "prog\0one\0\0A=1", 14));
	assert_int_equal(exec_args_shift(&img, 1, add, 3), 0);
	assert_int_equal(img.ei_argc, 5);
	assert_true(strings_are(&img,
	    "/bin/interp\0-x\0./script\0one\0\0A=1", 33));
	img.ei_arg = 0x1000;
	assert_int_equal(exec_put_vectors(&img, vec), 8);
	assert_int_equal(vec[1], 0x1000 + 12);
	assert_int_equal(vec[5], 0);
	assert_int_equal(vec[6], 0x1000 + 29);
	assert_int_equal(vec[7], 0);
	kfree(img.ei_strs);
}

/* No argument at all, from a guest: one empty string. */
static void
no_args(void **state)
{
	struct execimg img = { .ei_limit = 4096 };
	uint64_t vec[4];

	assert_int_equal(exec_args_user(&img, 0, 0, 8), 0);
	assert_int_equal(img.ei_argc, 1);
	assert_true(strings_are(&img, "", 1));
	assert_int_equal(exec_put_vectors(&img, vec), 3);
	kfree(img.ei_strs);
}

static void
too_big(void **state)
{
	struct execimg img = { .ei_limit = 1 << 20 };
	char *big = malloc(EXEC_MAXARG + 1);
	char *const one[] = { big, NULL }, *const none[] = { NULL };
	uint64_t uvec[2] = { (uint64_t)(uintptr_t)big, 0 };

	memset(big, 'x', EXEC_MAXARG);
	big[EXEC_MAXARG] = '\0';
	assert_int_equal(exec_args_kern(&img, one, none), -E2BIG);
	assert_int_equal(exec_args_user(&img, (uintptr_t)uvec, 0, 8), -E2BIG);
	big[EXEC_MAXARG - 1] = '\0';
	assert_int_equal(exec_args_user(&img, (uintptr_t)uvec, 0, 8), 0);
	assert_int_equal(img.ei_strsize, EXEC_MAXARG);
	kfree(img.ei_strs);
	img = (struct execimg){ .ei_limit = 1000 };
	assert_int_equal(exec_args_user(&img, (uintptr_t)uvec, 0, 8), -E2BIG);
	kfree(img.ei_strs);
	img = (struct execimg){ .ei_limit = 1000 };
	assert_int_equal(exec_args_user(&img, 8, 0, 8), -EFAULT);
	kfree(img.ei_strs);
	free(big);
}

static void
freebsd_signals(void **state)
{
	struct fb_sigset fs;

	for (int s = 1; s <= KNSIG; s++) {
		assert_int_not_equal(fb_sig_out(s), 0);
		assert_int_equal(fb_sig_in(fb_sig_out(s)), s);
	}
	assert_int_equal(fb_sig_out(SIGUSR1), 30);
	assert_int_equal(fb_sig_in(20), SIGCHLD);
	assert_int_equal(fb_sig_in(0), 0);
	assert_int_equal(fb_sig_in(127), 0);
	assert_int_equal(fb_sig_in(-1), 0);
	fb_sigset_out(0x8000000100000205ULL, &fs);
	assert_true(fb_sigset_in(&fs) == 0x8000000100000205ULL);
	assert_int_equal(fb_wstatus_out(SIGUSR2), 31);
	assert_int_equal(fb_wstatus_out(SIGBUS | 0x80), 10 | 0x80);
	assert_int_equal(fb_wstatus_out(SIGTSTP << 8 | 0x7f), 18 << 8 | 0x7f);
	assert_int_equal(fb_wstatus_out(3 << 8), 3 << 8);
}

static void
freebsd_flags(void **state)
{
	int f = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NONBLOCK;

	assert_int_equal(fb_oflags_in(fb_oflags_out(f)), f);
	assert_int_equal(fb_oflags_out(O_RDWR | O_SYNC) & 0x80, 0x80);
	assert_int_equal(fb_oflags_out(O_DSYNC) & 0x80, 0);
	assert_int_equal(fb_mapflags_in(0x1002), MAP_ANONYMOUS | MAP_PRIVATE);
	assert_int_equal(fb_atflags_in(0x200, AT_SYMLINK_NOFOLLOW),
	    AT_SYMLINK_NOFOLLOW);
	assert_int_equal(fb_atflags_in(0x800, AT_SYMLINK_NOFOLLOW), -EINVAL);
	assert_int_equal(fb_atflags_in(0x800, AT_REMOVEDIR) & AT_REMOVEDIR,
	    AT_REMOVEDIR);
	assert_int_equal(fb_errno(EAGAIN), 35);
	assert_int_equal(fb_errno(ENOSYS), 78);
	assert_int_equal(fb_errno(ELOOP), 62);
	assert_int_equal(fb_errno(5000), 22);
	assert_int_equal(fb_errno(41), 22);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(args, boot, shut),
		cmocka_unit_test_setup_teardown(no_args, boot, shut),
		cmocka_unit_test_setup_teardown(too_big, boot, shut),
		cmocka_unit_test(freebsd_signals),
		cmocka_unit_test(freebsd_flags),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
