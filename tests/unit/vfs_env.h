/* vfs_env.h: a small world for tests of vfs: a tmpfs root and one thread. */
#ifndef TESTS_UNIT_VFS_ENV_H
#define TESTS_UNIT_VFS_ENV_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#undef RENAME_NOREPLACE		/* libc's, the same */
#undef RENAME_EXCHANGE
#undef RENAME_WHITEOUT

#include "base/kmem.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "fs/tmpfs/tmpfs.h"
#include "host/fake/fake.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/namei.h"
#include "vfs/nc_impl.h"
#include "vfs/syscalls.h"
#include "vfs/uio.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"

static struct mount *env_root;

static void
env_thread(int tid)
{
	struct nchandle root = { env_root->mnt_root, env_root };
	struct thread *td = fake_thread(tid);

	td->td_pwd = pwd_alloc(&root);
	td->td_fd = fd_tablealloc();
	assert_non_null(td->td_pwd);
	assert_non_null(td->td_fd);
}

static void
env_endthread(void)
{
	struct thread *td = curthread();

	fd_tablefree(td->td_fd);
	td->td_fd = NULL;
	pwd_free(td->td_pwd);
	td->td_pwd = NULL;
}

static void
env_bootsize(size_t arena)
{
	struct fsmount_args a = { .source = "tmpfs", .options = "mode=755" };

	fake_boot(arena);
	fake_thread(1);
	assert_int_equal(vfs_init(), 0);
	assert_int_equal(fstype_register(&tmpfs_fstype), 0);
	assert_int_equal(vfs_mount(&tmpfs_fstype, &a, NULL, &env_root), 0);
	env_thread(1);
}

static int
env_boot(void **state)
{
	(void)state;
	env_bootsize(256UL << 20);
	return (0);
}

/* Everything that was made must be gone again. */
static int
env_shut(void **state)
{
	(void)state;
	env_endthread();
	assert_int_equal(vfs()->vr_nfiles, 0);
	fake_shutdown();
	return (0);
}

/* Become uid:gid without privileges. Returns the old credentials. */
static __attribute__((unused)) struct ucred *
env_become(uint32_t uid, uint32_t gid)
{
	struct thread *td = curthread();
	struct ucred *old = td->td_cred, *cr = cred_copy(old);

	cr->cr_ruid = cr->cr_uid = cr->cr_suid = cr->cr_fsuid = uid;
	cr->cr_rgid = cr->cr_gid = cr->cr_sgid = cr->cr_fsgid = gid;
	cr->cr_cap_eff = cr->cr_cap_perm = 0;
	td->td_cred = cr;
	return (old);
}

static __attribute__((unused)) void
env_back(struct ucred *old)
{
	cred_free(curthread()->td_cred);
	curthread()->td_cred = old;
}

static __attribute__((unused)) int
t_open(const char *path, int flags)
{
	return (kern_openat(AT_FDCWD, path, flags, 0644, 0));
}

static __attribute__((unused)) long
t_rw(int fd, void *buf, size_t n, int64_t off, bool write)
{
	struct host_iovec iov;
	struct uio uio;

	uio_kern(&uio, &iov, buf, n, off, write);
	return (write ? kern_writev(fd, &uio, off) : kern_readv(fd, &uio, off));
}
#define	t_read(fd, b, n)	t_rw(fd, b, n, -1, false)
#define	t_write(fd, b, n)	t_rw(fd, (void *)(uintptr_t)(b), n, -1, true)
#define	t_pread(fd, b, n, o)	t_rw(fd, b, n, o, false)
#define	t_pwrite(fd, b, n, o)	t_rw(fd, (void *)(uintptr_t)(b), n, o, true)

static __attribute__((unused)) void
t_make(const char *path, const char *text)
{
	int fd = t_open(path, O_WRONLY | O_CREAT | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(t_write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fd_close(fd), 0);
}

static __attribute__((unused)) int
t_stat(const char *path, struct kstat *st)
{
	return (kern_fstatat(AT_FDCWD, path, 0, st));
}

static __attribute__((unused)) bool
t_exists(const char *path)
{
	struct kstat st;

	return (kern_fstatat(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &st) == 0);
}

#define	ok(x)		assert_int_equal((x), 0)
#define	err(x, e)	assert_int_equal((x), -(e))

#endif
