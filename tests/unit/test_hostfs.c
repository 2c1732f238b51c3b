/*
 * test_hostfs.c: hostfs on the real host's files: identity of nodes, bounded
 * descriptors, files without names, hostile replacement of directories, and
 * virtual ownership as an unprivileged user.
 */
#include "fx.h"

#include "base/arena.h"
#include "base/thread.h"
#include "fs/hostfs/internal.h"
#include "host/fake/fake.h"
#include "vfs/vfs.h"

#define	ARENA	(64UL << 20)

static char *dir;
static struct mount *mnt;
static struct vnode *root;

static void
mount_it(bool mapself)
{
	struct hostfs_args ha = { .rootfd = fx_openpath(dir),
	    .mapself = mapself, .hostuid = fx_uid(), .hostgid = fx_gid() };
	struct fsmount_args ma = { .source = "test", .data = &ha };

	fake_boot(ARENA);
	kroot()->r_hostfds = 256;	/* so 64 for hostfs */
	fake_thread(1);
	assert_int_equal(vfs_init(), 0);
	assert_int_equal(vfs_mkmount(&hostfs_fstype, &ma, &mnt), 0);
	root = mnt->mnt_root->nc_vp;
}

static int
setup(void **state)
{
	dir = fx_mktmp();
	mount_it(false);
	return (0);
}

static int
teardown(void **state)
{
	fake_shutdown();
	fx_rmtmp(dir);
	return (0);
}

static void
basic(void **state)
{
	struct vnode *vp;
	struct kstat st;

	assert_int_equal(fx_file(root, "a", "hello"), 0);
	assert_string_equal(fx_get(dir, "a"), "hello");
	fx_put(dir, "b", "world");
	vp = fx_at(root, "b");
	assert_non_null(vp);
	assert_string_equal(fx_read(vp), "world");
	assert_int_equal(vp->v_op->vop_getattr(vp, &st), 0);
	assert_int_equal(st.st_size, 5);
	vrele(vp);
	assert_null(fx_at(root, "c"));
	assert_int_equal(fx_err, -ENOENT);
	assert_int_equal(fx_mkdir(root, "d"), 0);
	assert_int_equal(fx_file(root, "d/x", "1"), 0);
	assert_string_equal(fx_ls(root, ""), "a b d");
	assert_int_equal(fx_rm(root, "d"), -ENOTEMPTY);
	assert_int_equal(fx_mv(root, "d/x", "y"), 0);
	assert_int_equal(fx_rm(root, "d"), 0);
	assert_string_equal(fx_ls(root, ""), "a b y");
}

static void
unlinked_file_lives(void **state)
{
	struct vnode *vp, *other;
	struct kstat st;

	fx_put(dir, "f", "data");
	vp = fx_at(root, "f");
	vref(vp);			/* as an open file would */
	assert_int_equal(fx_rm(root, "f"), 0);
	assert_string_equal(fx_read(vp), "data");
	assert_int_equal(fx_write(vp, "DATA", 0), 0);
	assert_string_equal(fx_read(vp), "DATA");
	assert_int_equal(vp->v_op->vop_getattr(vp, &st), 0);
	assert_int_equal(st.st_nlink, 0);
	/* The inode number may come back at once, the vnode may not. */
	for (int i = 0; i < 20; i++) {
		assert_int_equal(fx_file(root, "f", "new"), 0);
		other = fx_at(root, "f");
		assert_ptr_not_equal(other, vp);
		assert_string_equal(fx_read(other), "new");
		vrele(other);
		assert_int_equal(fx_rm(root, "f"), 0);
	}
	vrele(vp);
	vrele(vp);
}

static void
hard_links_are_one(void **state)
{
	struct vnode *a, *b;

	fx_put(dir, "a", "x");
	a = fx_at(root, "a");
	mtx_lock(&root->v_lock);
	assert_int_equal(root->v_op->vop_link(root, "b", 1, a), 0);
	mtx_unlock(&root->v_lock);
	b = fx_at(root, "b");
	assert_ptr_equal(a, b);
	assert_int_equal(fx_rm(root, "a"), 0);
	assert_string_equal(fx_read(b), "x");
	vrele(a);
	vrele(b);
	b = fx_at(root, "b");
	assert_string_equal(fx_read(b), "x");
	vrele(b);
}

static void
descriptors_bounded(void **state)
{
	struct hfmount *hf = mnt->mnt_data;
	struct vnode *vp[400];
	char name[64], text[64];

	for (int d = 0; d < 20; d++) {
		(void)snprintf(name, sizeof(name), "d%d", d);
		assert_int_equal(fx_mkdir(root, name), 0);
		for (int i = 0; i < 20; i++) {
			(void)snprintf(name, sizeof(name), "d%d/f%d", d, i);
			assert_int_equal(fx_file(root, name, name), 0);
			vp[d * 20 + i] = fx_at(root, name);
		}
	}
	for (int r = 0; r < 3; r++)
		for (int i = 0; i < 400; i++) {
			(void)snprintf(text, sizeof(text), "d%d/f%d", i / 20,
			    i % 20);
			assert_string_equal(fx_read(vp[i]), text);
		}
	assert_true(hf->hf_nfds <= hf->hf_maxfds + 2);
	for (int i = 0; i < 400; i++)
		vrele(vp[i]);
	assert_int_equal(hf->hf_nnodes, 1);
	assert_int_equal(hf->hf_nfds, 1);
}

static void
replaced_by_symlink(void **state)
{
	struct vnode *d, *f;

	assert_int_equal(fx_mkdir(root, "d"), 0);
	fx_put(dir, "d/passwd", "mine");
	d = fx_at(root, "d");
	f = fx_at(root, "d/passwd");
	/* Somebody on the host swaps the directory for a link to /etc. */
	mtx_lock(&hfnode(d)->hn_lock);
	hf_closefds(hfnode(d));
	mtx_unlock(&hfnode(d)->hn_lock);
	fx_swap(dir, "d", "/etc");
	assert_null(fx_read(f));
	assert_int_equal(fx_err, -ESTALE);
	assert_int_equal(root->v_op->vop_revalidate(root, "d", 1, d), 0);
	vrele(f);
	vrele(d);
	d = fx_at(root, "d");
	assert_int_equal(d->v_type, VLNK);
	vrele(d);
}

static void
big_directory(void **state)
{
	char name[64];
	const char *ls;
	int n = 0;

	for (int i = 0; i < 1500; i++) {
		(void)snprintf(name, sizeof(name), "file-%04d", i);
		fx_put(dir, name, "");
	}
	ls = fx_ls(root, "");
	for (const char *p = ls; (p = strstr(p, "file-")) != NULL; p++)
		n++;
	assert_int_equal(n, 1500);
}

static void
tmpfile_and_link(void **state)
{
	struct vnode *vp;
	int error;

	mtx_lock(&root->v_lock);
	error = root->v_op->vop_tmpfile(root, 0600, 0, 0, &vp);
	mtx_unlock(&root->v_lock);
	if (error == -EOPNOTSUPP)
		skip();
	assert_int_equal(error, 0);
	assert_int_equal(fx_write(vp, "tmp", 0), 0);
	assert_string_equal(fx_ls(root, ""), "");
	mtx_lock(&root->v_lock);
	assert_int_equal(root->v_op->vop_link(root, "t", 1, vp), 0);
	mtx_unlock(&root->v_lock);
	assert_string_equal(fx_get(dir, "t"), "tmp");
	vrele(vp);
}

/* --- every host call may fail ---------------------------------------------------- */

static void
some_work(void)
{
	struct vnode *vp;
	struct kstat st;

	(void)fx_file(root, "a", "one");
	(void)fx_mkdir(root, "d");
	(void)fx_file(root, "d/b", "two");
	if ((vp = fx_at(root, "d/b")) != NULL) {
		(void)vp->v_op->vop_getattr(vp, &st);
		(void)fx_read(vp);
		(void)fx_rm(root, "d/b");
		(void)fx_read(vp);
		vrele(vp);
	}
	(void)fx_rm(root, "a");
	(void)fx_rm(root, "d/b");
	(void)fx_rm(root, "d");
}

static void
nothing_left_pinned(unsigned n)
{
	struct hfmount *hf = mnt->mnt_data;

	for (uint32_t i = 0; i < hf->hf_hashsize; i++)
		for (struct hfnode *h = hf->hf_hash[i]; h != NULL;
		    h = h->hn_hnext)
			if (h->hn_pins != (h == hf->hf_rootnode))
				fail_msg("call %u: %s pinned %u times", n,
				    h->hn_name, h->hn_pins);
	if (hf->hf_nnodes != 1 || hf->hf_nfds != 1)
		fail_msg("call %u: %u nodes, %u descriptors left", n,
		    hf->hf_nnodes, hf->hf_nfds);
}

static void
host_calls_fail(void **state)
{
	static const int errs[] = { EIO, EMFILE, ENOENT, EACCES, ENOSPC };
	unsigned long before = fake_calls(), calls;

	some_work();
	calls = fake_calls() - before;
	assert_true(calls > 10);
	nothing_left_pinned(0);
	for (unsigned e = 0; e < nitems(errs); e++)
		for (unsigned n = 1; n <= calls + 5; n++) {
			fake_fail(n, errs[e]);
			some_work();
			fake_fail(0, 0);
			some_work();	/* clean up what was left */
			nothing_left_pinned(n);
		}
	assert_string_equal(fx_ls(root, ""), "");
}

/* --- as an ordinary user: in a child that gave root away ------------------------ */

static void
virtual_owner_child(void)
{
	struct vattr va = { .va_mask = VA_UID | VA_GID | VA_MODE,
	    .va_uid = 33, .va_gid = 44, .va_mode = 04000 };
	struct vnode *vp;
	struct kstat st;

	mount_it(true);
	assert_int_equal(fx_file(root, "f", "x"), 0);
	vp = fx_at(root, "f");
	assert_int_equal(vp->v_op->vop_getattr(vp, &st), 0);
	assert_int_equal(st.st_uid, 0);
	mtx_lock(&vp->v_lock);
	assert_int_equal(vp->v_op->vop_setattr(vp, &va), 0);
	mtx_unlock(&vp->v_lock);
	vrele(vp);
	vp = fx_at(root, "f");		/* a fresh node */
	assert_int_equal(vp->v_op->vop_getattr(vp, &st), 0);
	assert_int_equal(st.st_uid, 33);
	assert_int_equal(st.st_gid, 44);
	assert_int_equal(st.st_mode, S_IFREG | 04000);
	assert_string_equal(fx_read(vp), "x");	/* the host lets us in */
	vrele(vp);
	mtx_lock(&root->v_lock);
	assert_int_equal(root->v_op->vop_mknod(root, "null", 4,
	    S_IFCHR | 0666, kmakedev(1, 3), 0, 0, &vp), 0);
	mtx_unlock(&root->v_lock);
	vrele(vp);
	vp = fx_at(root, "null");
	assert_int_equal(vp->v_type, VCHR);
	assert_int_equal(vp->v_rdev, kmakedev(1, 3));
	assert_int_equal(vp->v_op->vop_getattr(vp, &st), 0);
	assert_int_equal(st.st_mode, S_IFCHR | 0666);
	assert_int_equal(st.st_rdev, kmakedev(1, 3));
	vrele(vp);
}

static void
virtual_owner(void **state)
{
	char text[128] = "";
	int st;

	fake_shutdown();		/* the child has its own arena */
	st = fx_asnobody(dir, virtual_owner_child);
	mount_it(false);		/* for teardown */
	assert_int_equal(st, 0);
	if (fx_xattr(dir, "f", HF_OVERRIDE, text, sizeof(text) - 1) > 0)
		assert_string_equal(text, "33:44:04000:file");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(basic, setup, teardown),
		cmocka_unit_test_setup_teardown(unlinked_file_lives, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(hard_links_are_one, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(descriptors_bounded, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(replaced_by_symlink, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(big_directory, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(tmpfile_and_link, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(host_calls_fail, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(virtual_owner, setup,
		    teardown),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
