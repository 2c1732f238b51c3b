/*
 * proc_fd.c: what /proc/PID shows of files: fd/, fdinfo/, exe, cwd, root.
 */
#include "fs/procfs/procfs_var.h"

#include "base/kmem.h"
#include "base/thread.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/namei.h"
#include "vfs/vnode.h"

/* The descriptor table of c's process or thread, referenced, or NULL. */
static struct filedesc *
fd_table(struct pfs_ctx *c)
{
	struct filedesc *fdt = NULL;
	struct thread *td;

	mtx_lock(&c->pc_p->p_lock);
	td = procfs_live(c);
	if (td != NULL && td->td_fd != NULL)
		fdt = fd_tablehold(td->td_fd);
	mtx_unlock(&c->pc_p->p_lock);
	return (fdt);
}

void
procfs_files(void (*fn)(struct file *fp, void *arg), void *arg)
{
	struct filedesc *fdt;
	struct pfs_ctx c;
	struct file *fp;
	struct proc *p;
	int pid = 0, fd;

	memset(&c, 0, sizeof(c));
	while ((p = proc_next(pid)) != NULL) {
		pid = p->p_pid;
		c.pc_p = p;
		fdt = fd_table(&c);
		for (fd = fdt != NULL ? fd_next(fdt, 0) : -1; fd >= 0;
		    fd = fd_next(fdt, fd + 1)) {
			fp = fget_from(fdt, fd);
			if (fp == NULL)
				continue;
			fn(fp, arg);
			fdrop(fp);
		}
		if (fdt != NULL)
			fd_tablefree(fdt);
		proc_drop(p);
	}
}

static struct pwd *
pwd_of(struct pfs_ctx *c)
{
	struct pwd *pw = NULL;
	struct thread *td;

	mtx_lock(&c->pc_p->p_lock);
	td = procfs_live(c);
	if (td != NULL && td->td_pwd != NULL) {
		pw = td->td_pwd;
		pwd_hold(pw);
	}
	mtx_unlock(&c->pc_p->p_lock);
	return (pw);
}

unsigned
procfs_umask(struct pfs_ctx *c)
{
	struct pwd *pw = pwd_of(c);
	unsigned um = 022;

	if (pw != NULL) {
		um = pw->pw_umask;
		pwd_free(pw);
	}
	return (um);
}

/* The open file behind an fd or fdinfo node, referenced, or NULL. */
static struct file *
fd_file(struct pfs_ctx *c)
{
	struct filedesc *fdt;
	struct file *fp;

	if (c->pc_p == curproc() && c->pc_td == NULL)
		return (fget_path((int)c->pc_extra));
	fdt = fd_table(c);
	if (fdt == NULL)
		return (NULL);
	fp = fget_from(fdt, (int)c->pc_extra);
	fd_tablefree(fdt);
	return (fp);
}

int
procfs_fdlookup(struct pfs_ctx *dir, const char *name, size_t len,
    struct pfs_ctx *kid)
{
	int64_t n = pfs_number(name, len);
	struct pfs_ctx c = *dir;
	struct file *fp;

	if (n < 0)
		return (-ENOENT);
	c.pc_extra = n;
	fp = fd_file(&c);
	if (fp == NULL)
		return (-ENOENT);
	fdrop(fp);
	kid->pc_node = dir->pc_node->pn_arg;
	kid->pc_extra = n;
	return (0);
}

int
procfs_fdnext(struct pfs_ctx *dir, int64_t *cursor, struct pfs_ctx *kid,
    char name[32])
{
	struct filedesc *fdt = fd_table(dir);
	int fd;

	if (fdt == NULL)
		return (0);
	fd = fd_next(fdt, (int)*cursor);
	fd_tablefree(fdt);
	if (fd < 0)
		return (0);
	*cursor = (int64_t)fd + 1;
	kid->pc_node = dir->pc_node->pn_arg;
	kid->pc_extra = fd;
	ksnprintf(name, 32, "%d", fd);
	return (1);
}

/* Append the path of a name as the caller would see it. */
static int
path_append(const struct nchandle *n, struct sbuf *sb)
{
	struct nchandle root;
	bool reachable;
	char *d;
	long len;

	d = sbuf_reserve(sb, KPATH_MAX + 16);
	if (d == NULL)
		return (-ENOMEM);
	pwd_getroot(curthread()->td_pwd, &root);
	len = nch_path(&root, n, d, KPATH_MAX + 16, &reachable);
	nch_drop(&root);
	if (len < 0)
		return ((int)len);
	sbuf_advance(sb, strlen(d));
	return (0);
}

static int
fdlink_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct file *fp = fd_file(c);
	int error = 0;

	if (fp == NULL)
		return (-ENOENT);
	if (fp->f_desc[0] != '\0')
		sbuf_puts(sb, fp->f_desc);
	else if (fp->f_nch.ncp != NULL)
		error = path_append(&fp->f_nch, sb);
	else
		sbuf_puts(sb, "anon_inode:[unknown]");
	fdrop(fp);
	return (error);
}

static int
fdlink_magic(struct pfs_ctx *c, struct nchandle *nch)
{
	struct file *fp = fd_file(c);
	int error = 0;

	if (fp == NULL)
		return (-ENOENT);
	if (fp->f_nch.ncp != NULL)
		nch_copy(nch, &fp->f_nch);
	else
		error = pfs_filehandle(c->pc_mp, fp, nch);
	fdrop(fp);
	return (error);
}

static void
fdlink_attr(struct pfs_ctx *c, struct kstat *st)
{
	struct file *fp = fd_file(c);

	st->st_mode = S_IFLNK;
	st->st_size = 64;
	if (fp == NULL)
		return;
	if ((fp->f_flags & O_ACCMODE) != O_WRONLY)
		st->st_mode |= 0500;
	if ((fp->f_flags & O_ACCMODE) != O_RDONLY)
		st->st_mode |= 0300;
	fdrop(fp);
}

const struct pfs_node procfs_fdkid = {
	.pn_name = "FD",
	.pn_mode = S_IFLNK | 0700,
	.pn_flags = PFS_PTRACE,
	.pn_fill = fdlink_fill,
	.pn_magic = fdlink_magic,
	.pn_attr = fdlink_attr,
};

static int
fdinfo_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct file *fp = fd_file(c);
	struct kstat st;
	char extra[512];
	unsigned flags;

	if (fp == NULL)
		return (-ENOENT);
	flags = fp->f_flags;
	if (c->pc_p == curproc() &&
	    fd_getflags((int)c->pc_extra) == FD_CLOEXEC)
		flags |= O_CLOEXEC;
	memset(&st, 0, sizeof(st));
	(void)fp->f_ops->fo_stat(fp, &st);
	sbuf_printf(sb, "pos:\t%ld\nflags:\t0%o\nmnt_id:\t%u\nino:\t%lu\n",
	    (long)fp->f_offset, flags,
	    fp->f_nch.mp != NULL ? fp->f_nch.mp->mnt_id : 1,
	    (unsigned long)st.st_ino);
	if (fp->f_ops->fo_fdinfo != NULL) {
		extra[0] = '\0';
		(void)fp->f_ops->fo_fdinfo(fp, extra, sizeof(extra));
		extra[sizeof(extra) - 1] = '\0';
		sbuf_puts(sb, extra);
	}
	fdrop(fp);
	return (0);
}

const struct pfs_node procfs_fdinfokid = {
	.pn_name = "FDINFO",
	.pn_mode = S_IFREG | 0444,
	.pn_flags = PFS_PTRACE,
	.pn_fill = fdinfo_fill,
};

/* --- exe, cwd, root ------------------------------------------------------------ */

int
procfs_exemagic(struct pfs_ctx *c, struct nchandle *nch)
{
	struct file *fp = NULL;

	mtx_lock(&c->pc_p->p_lock);
	if (c->pc_p->p_exe != NULL)
		fp = fhold(c->pc_p->p_exe);
	mtx_unlock(&c->pc_p->p_lock);
	if (fp == NULL)
		return (-ENOENT);
	if (fp->f_nch.ncp == NULL) {
		fdrop(fp);
		return (-ENOENT);
	}
	nch_copy(nch, &fp->f_nch);
	fdrop(fp);
	return (0);
}

int
procfs_cwdmagic(struct pfs_ctx *c, struct nchandle *nch)
{
	struct pwd *pw = pwd_of(c);

	if (pw == NULL)
		return (-ENOENT);
	pwd_getcwd(pw, nch);
	pwd_free(pw);
	return (0);
}

int
procfs_rootmagic(struct pfs_ctx *c, struct nchandle *nch)
{
	struct pwd *pw = pwd_of(c);

	if (pw == NULL)
		return (-ENOENT);
	pwd_getroot(pw, nch);
	pwd_free(pw);
	return (0);
}

static int
magic_path(struct pfs_ctx *c, struct sbuf *sb,
    int (*magic)(struct pfs_ctx *, struct nchandle *))
{
	struct nchandle nch;
	int error;

	error = magic(c, &nch);
	if (error != 0)
		return (error);
	error = path_append(&nch, sb);
	nch_drop(&nch);
	return (error);
}

int
procfs_exelink(struct pfs_ctx *c, struct sbuf *sb)
{
	return (magic_path(c, sb, procfs_exemagic));
}

int
procfs_cwdlink(struct pfs_ctx *c, struct sbuf *sb)
{
	return (magic_path(c, sb, procfs_cwdmagic));
}

int
procfs_rootlink(struct pfs_ctx *c, struct sbuf *sb)
{
	return (magic_path(c, sb, procfs_rootmagic));
}
