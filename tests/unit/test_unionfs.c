/*
 * test_unionfs.c: the union, with hostfs layers on the real host, so that what
 * reaches the upper layer can be looked at, and the lower one must stay as it
 * was.
 */
#include "fx.h"

#include "base/arena.h"
#include "base/thread.h"
#include "fs/hostfs/internal.h"
#include "fs/unionfs/internal.h"
#include "host/fake/fake.h"
#include "vfs/vfs.h"

#define	ARENA	(64UL << 20)

static char *updir, *lowdir;
static struct mount *mnt, *upper, *lower;
static struct vnode *root;

static struct mount *
mount_layer(const char *dir, bool rdonly)
{
	struct hostfs_args ha = { .rootfd = fx_openpath(dir),
	    .rdonly = rdonly, .hostuid = fx_uid(), .hostgid = fx_gid() };
	struct fsmount_args ma = { .source = "layer", .data = &ha };
	struct mount *mp;

	assert_int_equal(vfs_mkmount(&hostfs_fstype, &ma, &mp), 0);
	return (mp);
}

static void
mount_union(void)
{
	struct unionfs_args ua = { .ua_lower = &lower, .ua_nlower = 1 };
	struct fsmount_args ma = { .source = "overlay", .data = &ua };

	upper = mount_layer(updir, false);
	lower = mount_layer(lowdir, true);
	ua.ua_upper = upper;
	assert_int_equal(vfs_mkmount(&unionfs_fstype, &ma, &mnt), 0);
	root = mnt->mnt_root->nc_vp;
}

static void
boot(void)
{
	fake_boot(ARENA);
	kroot()->r_hostfds = 4096;
	fake_thread(1);
	assert_int_equal(vfs_init(), 0);
	mount_union();
}

static int
setup(void **state)
{
	updir = fx_mktmp();
	lowdir = fx_mktmp();
	fx_put(lowdir, "a", "lower a");
	fx_put(lowdir, "b", "lower b");
	boot();
	return (0);
}

static int
teardown(void **state)
{
	fake_shutdown();
	/* Nothing ever reached the lower layer. */
	assert_string_equal(fx_get(lowdir, "a"), "lower a");
	assert_string_equal(fx_get(lowdir, "b"), "lower b");
	fx_rmtmp(updir);
	fx_rmtmp(lowdir);
	return (0);
}

static const char *
read_at(const char *path)
{
	struct vnode *vp = fx_at(root, path);
	const char *s;

	if (vp == NULL)
		return (NULL);
	s = fx_read(vp);
	vrele(vp);
	return (s);
}

static void
copy_up(void **state)
{
	struct vnode *vp = fx_at(root, "a");
	struct kstat before, after;

	assert_string_equal(fx_read(vp), "lower a");
	assert_int_equal(vp->v_op->vop_getattr(vp, &before), 0);
	/* vp is "open" across the copy-up, as a reader may have it. */
	assert_int_equal(fx_write(vp, "UPPER", 0), 0);
	assert_string_equal(fx_read(vp), "UPPER a");
	assert_string_equal(fx_get(updir, "a"), "UPPER a");
	assert_int_equal(vp->v_op->vop_getattr(vp, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(before.st_dev, after.st_dev);
	vrele(vp);
	vp = fx_at(root, "a");		/* a new node, the same number */
	assert_int_equal(vp->v_op->vop_getattr(vp, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	vrele(vp);
	assert_string_equal(fx_ls(root, ""), "a b");
}

static void
whiteouts(void **state)
{
	assert_int_equal(fx_rm(root, "a"), 0);
	assert_null(fx_at(root, "a"));
	assert_int_equal(fx_err, -ENOENT);
	assert_string_equal(fx_ls(root, ""), "b");
	assert_int_equal(fx_file(root, "a", "again"), 0);
	assert_string_equal(read_at("a"), "again");
	assert_string_equal(fx_ls(root, ""), "a b");
	assert_int_equal(fx_rm(root, "a"), 0);
	assert_string_equal(fx_ls(root, ""), "b");
	/* It survives the union. */
	fake_shutdown();
	boot();
	assert_null(fx_at(root, "a"));
	assert_string_equal(fx_ls(root, ""), "b");
}

static void
directories(void **state)
{
	fake_shutdown();
	fx_mkhostdir(lowdir, "d");
	fx_mkhostdir(lowdir, "d/sub");
	fx_put(lowdir, "d/x", "x");
	fx_put(lowdir, "d/sub/y", "y");
	boot();
	assert_string_equal(fx_ls(root, "d"), "sub x");
	assert_int_equal(fx_file(root, "d/sub/new", "n"), 0);
	assert_string_equal(fx_ls(root, "d/sub"), "new y");
	assert_string_equal(fx_get(updir, "d/sub/new"), "n");
	assert_null(fx_get(updir, "d/x"));
	assert_int_equal(fx_rm(root, "d"), -ENOTEMPTY);
	assert_int_equal(fx_rm(root, "d/sub/new"), 0);
	assert_int_equal(fx_rm(root, "d/sub/y"), 0);
	assert_string_equal(fx_ls(root, "d/sub"), "");
	assert_int_equal(fx_rm(root, "d/sub"), 0);
	assert_int_equal(fx_rm(root, "d/x"), 0);
	assert_int_equal(fx_rm(root, "d"), 0);
	assert_string_equal(fx_ls(root, ""), "a b");
	/* A directory that comes back is empty. */
	assert_int_equal(fx_mkdir(root, "d"), 0);
	assert_string_equal(fx_ls(root, "d"), "");
	assert_int_equal(fx_file(root, "d/z", "z"), 0);
	assert_string_equal(fx_ls(root, "d"), "z");
	fake_shutdown();
	boot();
	assert_string_equal(fx_ls(root, "d"), "z");
}

static void
renames(void **state)
{
	assert_int_equal(fx_mv(root, "a", "c"), 0);
	assert_string_equal(fx_ls(root, ""), "b c");
	assert_string_equal(read_at("c"), "lower a");
	assert_int_equal(fx_mv(root, "c", "b"), 0);
	assert_string_equal(fx_ls(root, ""), "b");
	assert_string_equal(read_at("b"), "lower a");
	assert_int_equal(fx_mv(root, "b", "a"), 0);
	assert_string_equal(fx_ls(root, ""), "a");
	assert_int_equal(fx_mkdir(root, "d"), 0);
	assert_int_equal(fx_file(root, "d/f", "f"), 0);
	assert_int_equal(fx_mv(root, "d", "b"), 0);
	assert_string_equal(fx_ls(root, "b"), "f");
	assert_string_equal(read_at("b/f"), "f");
}

static void
moved_directories(void **state)
{
	fake_shutdown();
	fx_mkhostdir(lowdir, "d");
	fx_mkhostdir(lowdir, "d/sub");
	fx_mkhostdir(lowdir, "e");
	fx_put(lowdir, "d/x", "x");
	fx_put(lowdir, "d/sub/y", "y");
	fx_put(lowdir, "e/hidden", "");
	boot();
	assert_int_equal(fx_file(root, "d/up", "up"), 0);
	assert_int_equal(fx_mv(root, "d", "m"), 0);
	assert_null(fx_at(root, "d"));
	assert_string_equal(fx_ls(root, ""), "a b e m");
	assert_string_equal(fx_ls(root, "m"), "sub up x");
	assert_string_equal(read_at("m/sub/y"), "y");
	assert_null(fx_get(updir, "m/x"));	/* nothing was copied */
	/* Again, over a lower directory's name, and a part of it. */
	assert_int_equal(fx_rm(root, "e/hidden"), 0);
	assert_int_equal(fx_mv(root, "m", "e"), 0);
	assert_int_equal(fx_mv(root, "e/sub", "s"), 0);
	assert_int_equal(fx_file(root, "e/x", "changed"), 0);
	fake_shutdown();
	boot();				/* by the attributes alone */
	assert_string_equal(fx_ls(root, ""), "a b e s");
	assert_string_equal(fx_ls(root, "e"), "up x");
	assert_string_equal(fx_ls(root, "s"), "y");
	assert_string_equal(read_at("s/y"), "y");
	assert_string_equal(read_at("e/x"), "changed");
	assert_int_equal(fx_rm(root, "s/y"), 0);
	assert_int_equal(fx_rm(root, "s"), 0);
	assert_int_equal(fx_mkdir(root, "d"), 0);
	assert_string_equal(fx_ls(root, "d"), "");
	assert_string_equal(fx_ls(root, ""), "a b d e");
}

static void
hard_links(void **state)
{
	struct vnode *a, *b;

	fake_shutdown();
	fx_hostlink(lowdir, "a", "l");
	boot();
	a = fx_at(root, "a");
	b = fx_at(root, "l");
	assert_ptr_equal(a, b);
	assert_int_equal(fx_write(a, "LINKS", 0), 0);
	vrele(a);
	vrele(b);
	assert_string_equal(read_at("l"), "LINKS a");
	assert_string_equal(read_at("a"), "LINKS a");
	assert_int_equal(fx_mv(root, "l", "m"), 0);
	assert_string_equal(read_at("m"), "LINKS a");
	assert_string_equal(fx_ls(root, ""), "a b m");
}

static void
read_while_removing(void **state)
{
	struct vnode *vp;
	char name[32];

	fake_shutdown();
	fx_mkhostdir(lowdir, "d");
	for (int i = 0; i < 200; i++) {
		(void)snprintf(name, sizeof(name), "d/f%03d", i);
		fx_put(lowdir, name, "");
	}
	boot();
	/* rm -r: read some, remove them, read on. */
	vp = fx_at(root, "d");
	assert_int_equal(fx_rmall(root, "d"), 200);
	vrele(vp);
	assert_string_equal(fx_ls(root, "d"), "");
	assert_int_equal(fx_rm(root, "d"), 0);
}

static void
sparse_copy(void **state)
{
	struct vnode *vp;
	struct kstat st;

	fake_shutdown();
	fx_sparse(lowdir, "big", 64L << 20);
	boot();
	vp = fx_at(root, "big");
	assert_int_equal(fx_write(vp, "x", 0), 0);
	assert_int_equal(vp->v_op->vop_getattr(vp, &st), 0);
	assert_int_equal(st.st_size, 64L << 20);
	assert_true(st.st_blocks < 1000);
	vrele(vp);
}

/* --- every host call may fail ---------------------------------------------------- */

static void
some_work(void)
{
	struct vnode *vp = fx_at(root, "a");

	if (vp != NULL) {
		(void)fx_write(vp, "X", 0);
		(void)fx_read(vp);
		vrele(vp);
	}
	(void)fx_rm(root, "a");
	(void)fx_file(root, "a", "again");
	(void)fx_mkdir(root, "d");
	(void)fx_file(root, "d/x", "x");
	if ((vp = fx_at(root, "b")) != NULL) {
		vrele(vp);
		(void)fx_mv(root, "b", "c");
	}
	(void)fx_rm(root, "d/x");
	(void)fx_rm(root, "d");
	(void)fx_rm(root, "c");
}

static void
nothing_left(struct mount *mp, unsigned n)
{
	struct hfmount *hf = mp->mnt_data;

	for (uint32_t i = 0; i < hf->hf_hashsize; i++)
		for (struct hfnode *h = hf->hf_hash[i]; h != NULL;
		    h = h->hn_hnext)
			if (h->hn_pins != (h == hf->hf_rootnode))
				fail_msg("call %u: %s pinned %u times", n,
				    h->hn_name, h->hn_pins);
	if (hf->hf_nnodes != 1 || hf->hf_nfds > 2)
		fail_msg("call %u: %u nodes, %u descriptors left", n,
		    hf->hf_nnodes, hf->hf_nfds);
}

static unsigned long
work_failing(unsigned n, int err)
{
	struct ufmount *uf = mnt->mnt_data;
	unsigned long before = fake_calls(), calls;

	fake_fail(n, err);
	some_work();
	fake_fail(0, 0);
	calls = fake_calls() - before;
	/* Still in order, and usable. */
	assert_int_equal(fx_file(root, "after", "all"), 0);
	assert_string_equal(read_at("after"), "all");
	assert_non_null(fx_ls(root, ""));
	assert_int_equal(uf->uf_nlinks, 2);
	nothing_left(upper, n);
	nothing_left(lower, n);
	fake_shutdown();
	fx_rmtmp(updir);
	updir = fx_mktmp();
	boot();
	return (calls);
}

static void
host_calls_fail(void **state)
{
	static const int errs[] = { EIO, ENOSPC, ENOENT };
	unsigned long calls = work_failing(0, 0);

	assert_true(calls > 30);
	for (unsigned e = 0; e < nitems(errs); e++)
		for (unsigned n = 1; n <= calls; n++)
			(void)work_failing(n, errs[e]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(copy_up, setup, teardown),
		cmocka_unit_test_setup_teardown(whiteouts, setup, teardown),
		cmocka_unit_test_setup_teardown(directories, setup, teardown),
		cmocka_unit_test_setup_teardown(renames, setup, teardown),
		cmocka_unit_test_setup_teardown(moved_directories, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(hard_links, setup, teardown),
		cmocka_unit_test_setup_teardown(read_while_removing, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(sparse_copy, setup, teardown),
		cmocka_unit_test_setup_teardown(host_calls_fail, setup,
		    teardown),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
