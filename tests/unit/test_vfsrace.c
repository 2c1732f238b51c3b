/* test_vfsrace.c: threads that fight over names. */
#include <pthread.h>

#include "vfs_env.h"

#define	mkdir(p)	kern_mkdirat(AT_FDCWD, p, 0777)
#define	symlink(t, p)	kern_symlinkat(t, AT_FDCWD, p)
#define	unlink(p)	kern_unlinkat(AT_FDCWD, p, 0)
#define	rmdir(p)	kern_unlinkat(AT_FDCWD, p, AT_REMOVEDIR)
#define	link(a, b)	kern_linkat(AT_FDCWD, a, AT_FDCWD, b, 0)
#define	rename(a, b)	kern_renameat2(AT_FDCWD, a, AT_FDCWD, b, 0)
#define	rename2(a, b, f) kern_renameat2(AT_FDCWD, a, AT_FDCWD, b, f)

/* --- races ------------------------------------------------------------------ */

#define	ROUNDS	3000

static void *
racer(void *arg)
{
	unsigned seed = (unsigned)(uintptr_t)arg;
	char a[32], b[32], buf[64];
	struct kstat st;
	int i, fd;

	env_thread(10 + (int)seed);
	for (i = 0; i < ROUNDS; i++) {
		snprintf(a, sizeof(a), "/r%d/x%d", rand_r(&seed) % 3,
		    rand_r(&seed) % 4);
		snprintf(b, sizeof(b), "/r%d/x%d", rand_r(&seed) % 3,
		    rand_r(&seed) % 4);
		switch (rand_r(&seed) % 9) {
		case 0:
			fd = t_open(a, O_CREAT | O_RDWR);
			if (fd >= 0) {
				(void)t_write(fd, "abc", 3);
				fd_close(fd);
			}
			break;
		case 1:	(void)unlink(a); break;
		case 2:	(void)mkdir(a); break;
		case 3:	(void)rmdir(a); break;
		case 4:	(void)rename(a, b); break;
		case 5:	(void)rename2(a, b, RENAME_EXCHANGE); break;
		case 6:	(void)t_stat(a, &st); break;
		case 7:
			if (kern_chdir(a) == 0) {
				(void)t_open("y", O_CREAT | O_RDWR);
				(void)unlink("y");
				(void)kern_getcwd(buf, sizeof(buf));
				(void)t_stat("..", &st);
				fd_closerange(0, ~0u, false);
			}
			break;
		default:
			(void)link(a, b);
			if (i % 64 == 0)
				nc_trimall();
		}
	}
	env_endthread();
	return (NULL);
}

static void
check_name(int d, int x)
{
	struct vnode *vp = NULL;
	struct nameidata nd;
	char p[32], name[8];
	struct kstat st;
	int error;

	snprintf(p, sizeof(p), "/r%d", d);
	snprintf(name, sizeof(name), "x%d", x);
	namei_init(&nd, AT_FDCWD, p, 0);
	ok(namei(&nd));
	error = nch_vp(&nd.ni_nch)->v_op->vop_lookup(nch_vp(&nd.ni_nch), name,
	    strlen(name), &vp);
	namei_done(&nd);
	snprintf(p, sizeof(p), "/r%d/x%d", d, x);
	assert_int_equal(t_stat(p, &st), error);
	if (error == 0) {
		assert_int_equal(st.st_ino, vp->v_ino);
		vrele(vp);
	}
}

static void
races(void **state)
{
	pthread_t t[4];
	int i;

	ok(mkdir("/r0"));
	ok(mkdir("/r1"));
	ok(mkdir("/r2"));
	vfs()->vr_maxnc = 6;		/* trim all the time */
	for (i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, racer, (void *)(uintptr_t)(i + 1));
	for (i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	/* What the cache believes is what the directory says. */
	for (i = 0; i < 12; i++)
		check_name(i / 4, i % 4);
}

/* Readers without locks against creation, removal, renaming and trimming: a
 * file that is always there is always found, with its own contents. */
static volatile bool stop;

static void *
reader(void *arg)
{
	struct kstat st;
	char p[64];
	int i, n;

	env_thread(30 + (int)(uintptr_t)arg);
	for (i = 0; !stop; i++) {
		n = i % 16;
		snprintf(p, sizeof(p), "/s/stay%d/f%d", n, n);
		ok(t_stat(p, &st));
		assert_int_equal(st.st_size, n);
		snprintf(p, sizeof(p), "/s/never%d", n);
		err(t_stat(p, &st), ENOENT);
	}
	env_endthread();
	return (NULL);
}

static void
make_stays(void)
{
	char p[64];
	int i;

	ok(mkdir("/s"));
	for (i = 0; i < 16; i++) {
		snprintf(p, sizeof(p), "/s/stay%d", i);
		ok(mkdir(p));
		snprintf(p, sizeof(p), "/s/stay%d/f%d", i, i);
		t_make(p, "0123456789abcdef" + 16 - i);
	}
	stop = false;
}

static void
lockless(void **state)
{
	char p[64], q[64];
	struct kstat st;
	pthread_t t[3];
	int i;

	make_stays();
	vfs()->vr_maxnc = 20;
	for (i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, reader, (void *)(uintptr_t)i);
	for (i = 0; i < 20000; i++) {
		snprintf(p, sizeof(p), "/s/come-and-go-with-a-name-that-is-"
		    "long-%d", i % 50);
		snprintf(q, sizeof(q), "/s/x%d", i % 50);
		t_make(p, "x");
		ok(rename(p, q));
		err(t_stat(p, &st), ENOENT);
		ok(unlink(q));
		if (i % 50 == 0)
			nc_trimall();
	}
	stop = true;
	for (i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
}

/* The table grows under its readers, twice and more. */
static void
growing(void **state)
{
	struct ncstripe *ns = vfs()->vr_ncstripe;
	struct kstat st;
	pthread_t t[3];
	char p[64];
	int i;

	make_stays();
	for (i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, reader, (void *)(uintptr_t)i);
	for (i = 0; i < 40 * NC_STRIPES; i++) {
		snprintf(p, sizeof(p), "/s/none%d", i);
		err(t_stat(p, &st), ENOENT);
	}
	for (i = 0; i < NC_STRIPES; i++)
		assert_true(ns[i].ns_table->nt_mask >= 15);
	for (i = 0; i < 40 * NC_STRIPES; i++) {
		snprintf(p, sizeof(p), "/s/none%d", i);
		err(t_stat(p, &st), ENOENT);
	}
	stop = true;
	for (i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	nc_trimall();
	assert_true(vfs()->vr_nnc < 100);
}

#define	T(f)	cmocka_unit_test_setup_teardown(f, env_boot, env_shut)

int
main(void)
{
	const struct CMUnitTest tests[] = { T(races), T(lockless),
	    T(growing) };

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
