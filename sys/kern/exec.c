/*
 * exec.c: execve(2).
 *
 * Outline:
 *	open the file, copy in all strings, read the first bytes;
 *	ask each activator in turn; a script starts the round again; the ELF
 *	activator reads and checks everything;
 *	exec_commit: end the other threads; the point of no return;
 *	exec_load: unmap the old program, map the new one; then the stack, the
 *	credentials, the names, the registers.
 *
 * The thread returns to the guest with the registers that sv_setregs left in
 * its frame.
 */
#include "arch/amd64/arch.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "host/host.h"
#include "kern/blank.h"
#include "kern/exec.h"
#include "kern/kern_int.h"
#include "kern/proc.h"
#include "kern/sig.h"
#include "kern/sysvec.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/namei.h"
#include "vfs/vnode.h"
#include "vm/vm.h"

#define	AT_EXECVE_CHECK	0x10000
#define	ADDR_NO_RANDOMIZE 0x0040000
#define	PER_CLEAR_ON_SETID 0x15e0000	/* what set-id programs shed */

static const struct imgact *const activators[] = {
	&imgact_elf,
	&imgact_script,
};

void
exec_why(struct execimg *img, const char *fmt, ...)
{
	va_list ap;

	if (img->ei_why[0] != '\0')
		return;			/* the first reason is the reason */
	va_start(ap, fmt);
	kvsnprintf(img->ei_why, sizeof(img->ei_why), fmt, ap);
	va_end(ap);
}

/* --- opening ----------------------------------------------------------------- */

static int
check_perm(struct thread *td, struct vnode *vp, struct mount *mp)
{
	if (vp == NULL || vp->v_type != VREG)
		return (-EACCES);
	if (mp != NULL && (mp->mnt_flags & MNT_NOEXEC))
		return (-EACCES);
	return (vn_access(vp, X_OK, td->td_cred));
}

int
exec_open(struct thread *td, int dirfd, const char *path, int flags,
    struct file **fpp)
{
	struct nameidata nd;
	struct vnode *vp;
	int error;

	namei_init(&nd, dirfd, path,
	    (flags & AT_SYMLINK_NOFOLLOW ? 0 : NI_FOLLOW) |
	    (flags & AT_EMPTY_PATH ? NI_EMPTY : 0));
	error = namei(&nd);
	if (error != 0)
		return (error);
	vp = nd.ni_nch.ncp->nc_vp;
	if (vp != NULL && vp->v_type == VLNK)
		error = -ELOOP;
	else if (nd.ni_slash && vp != NULL && vp->v_type != VDIR)
		error = -ENOTDIR;
	else
		error = check_perm(td, vp, nd.ni_nch.mp);
	if (error == 0)
		error = vn_open_nch(&nd.ni_nch, O_RDONLY | O_KEXEC, fpp);
	namei_done(&nd);
	return (error);
}

int
exec_read(struct file *fp, void *buf, size_t n, uint64_t off)
{
	size_t done = 0;
	long r;

	if (off > INT64_MAX - n)
		return (-EINVAL);
	while (done < n) {
		r = vn_read(fp->f_vnode, (char *)buf + done, n - done,
		    (int64_t)(off + done));
		if (r < 0)
			return ((int)r);
		if (r == 0)
			return (-EIO);
		done += (size_t)r;
	}
	return (0);
}

int
exec_readhdr(struct execimg *img)
{
	long r;

	memset(img->ei_hdr, 0, sizeof(img->ei_hdr));
	r = vn_read(img->ei_file->f_vnode, img->ei_hdr, EXEC_HDR, 0);
	if (r < 0)
		return ((int)r);
	img->ei_hdrlen = (size_t)r;
	return (0);
}

/* The name the program sees as its own, and comm. */
static int
set_names(struct execimg *img, int dirfd, const char *path)
{
	size_t size = strlen(path) + 24;
	const char *base;

	img->ei_path = kmalloc(size, 0);
	if (img->ei_path == NULL)
		return (-ENOMEM);
	if (dirfd == AT_FDCWD || path[0] == '/')
		kstrlcpy(img->ei_path, path, size);
	else if (path[0] == '\0')
		ksnprintf(img->ei_path, size, "/dev/fd/%d", dirfd);
	else
		ksnprintf(img->ei_path, size, "/dev/fd/%d/%s", dirfd, path);
	base = img->ei_path;
	if (path[0] == '\0' && img->ei_file->f_nch.ncp != NULL &&
	    img->ei_file->f_nch.ncp->nc_name != NULL)
		base = img->ei_file->f_nch.ncp->nc_name;
	if (strrchr(base, '/') != NULL)
		base = strrchr(base, '/') + 1;
	kstrlcpy(img->ei_comm, base, sizeof(img->ei_comm));
	return (0);
}

/* --- the change of programs ---------------------------------------------------- */

/* The descriptor table becomes the process's own, without the marked ones. */
static int
unshare_fds(struct thread *td)
{
	struct filedesc *fdt;

	if (!fd_tableshared(td->td_fd))
		return (0);
	fdt = fd_tablecopy(td->td_fd);
	if (fdt == NULL)
		return (-ENOMEM);
	fd_tablefree(td->td_fd);
	td->td_fd = fdt;
	return (0);
}

static void
fresh_thread(struct thread *td)
{
	td->td_sigstk = (struct kstack){ .ss_flags = SS_DISABLE };
	td->td_clear_tid = 0;
	td->td_robust = 0;
	td->td_robust_len = 0;
	td->td_rseq = 0;
	td->td_restart = NULL;
}

/*
 * What can still fail, then the point of no return.  In a vfork child the rest
 * is done by a host process of its own: a blank one, and then this one goes back
 * to its parent and never returns here; or, without one at hand, by a copy.
 */
static int
exec_commit(struct thread *td, struct execimg *img)
{
	struct proc *p = td->td_proc;
	struct blank *b = NULL;
	int error;

	error = exec_cred(td, img);
	if (error == 0)
		error = proc_singlethread(td);
	if (error == 0)
		error = unshare_fds(td);
	if (error == 0 && (b = blank_claim(td)) == NULL)
		error = vfork_leave(td);
	if (error != 0)
		return (error);
	img->ei_committed = true;
	/* Hooks see the old memory: clear_child_tid, robust futexes; they let
	 * the parent of a vfork go on. */
	for (unsigned i = 0; i < nitems(kern()->k_exechook); i++)
		if (kern()->k_exechook[i] != NULL)
			kern()->k_exechook[i](p);
	fresh_thread(td);
	if (b != NULL)
		blank_handover(td, img, b);
	return (0);
}

/* An empty address space with a stack, from which all other places follow. */
static int
fresh_space(struct thread *td, const struct execimg *img)
{
	struct proc *p = td->td_proc;
	long top;

	if (img->ei_secure)
		p->p_personality &= ~PER_CLEAR_ON_SETID;
	vm_clear(td->td_vm);
	vm_setrandom(td->td_vm, !(p->p_personality & ADDR_NO_RANDOMIZE));
	vm_setlimits(td->td_vm, proc_rlimit(p, RLIMIT_AS_),
	    proc_rlimit(p, RLIMIT_DATA_), proc_rlimit(p, RLIMIT_MEMLOCK_));
	top = vm_mapstack(td->td_vm, proc_rlimit(p, RLIMIT_STACK_),
	    img->ei_stackprot);
	return (top < 0 ? (int)top : 0);
}

static void
record_usage(struct thread *td, const struct execimg *img, uaddr_t sp)
{
	struct vm_usage vu = { 0 };

	vu.vu_code = img->ei_code;
	vu.vu_code_end = img->ei_code_end;
	vu.vu_stack_start = sp;
	vu.vu_arg = img->ei_arg;
	vu.vu_arg_end = img->ei_arg_end;
	vu.vu_env = img->ei_env;
	vu.vu_env_end = img->ei_env_end;
	vu.vu_auxv = img->ei_auxv;
	vu.vu_auxv_len = img->ei_auxvlen;
	vm_setusage(td->td_vm, &vu);
}

/* Who the process is from now on. */
static void
new_identity(struct thread *td, struct execimg *img)
{
	struct proc *p = td->td_proc;
	struct file *old;

	sig_execreset(p);
	mtx_lock(&p->p_lock);
	old = p->p_exe;
	p->p_exe = fhold(img->ei_file);
	p->p_dumpable = !img->ei_secure && img->ei_readable;
	if (img->ei_secure)
		p->p_pdeathsig = 0;
	atomic_or(&p->p_flags, PF_EXECED);
	kstrlcpy(td->td_name, img->ei_comm, sizeof(td->td_name));
	p->p_sysvec = img->ei_sysvec;
	mtx_unlock(&p->p_lock);
	fdrop(old);
	td->td_sysvec = img->ei_sysvec;
	mtx_lock(&td->td_pwd->pw_lock);
	td->td_pwd->pw_emul = img->ei_sysvec->sv_emul;
	mtx_unlock(&td->td_pwd->pw_lock);
	proc_setcred(td, img->ei_cred);
	img->ei_cred = NULL;
	(void)host_setname(td->td_name);
}

/* After the image is mapped. */
static int
finish(struct thread *td, struct execimg *img)
{
	const struct sysvec *sv = img->ei_sysvec;
	uaddr_t sp = vm_stackbase(td->td_vm);
	int error;

	new_identity(td, img);
	error = sv->sv_stack(td, img, &sp);
	if (error != 0)
		return (error);
	record_usage(td, img, sp);
	/* Last: who waits for the end of a pipe then finds the new program in
	 * /proc. */
	fd_cloexec(td->td_fd);
	arch_fpreset(td);
	arch_setfsbase(td, 0);
	(void)arch_setgsbase(td, 0);
	sv->sv_setregs(td, img, sp);
	td->td_pflags |= TDP_NORESTORE;
	return (0);
}

/* Everything that leaves the old program as it is. */
static int
exec_check(struct thread *td, struct execimg *img)
{
	int error;

	error = exec_readhdr(img);
	if (error != 0)
		return (error);
	do {
		img->ei_again = false;
		error = EXEC_NOTMINE;
		for (unsigned i = 0; i < nitems(activators) &&
		    error == EXEC_NOTMINE; i++) {
			img->ei_act = activators[i];
			error = activators[i]->ia_check(td, img);
		}
	} while (error == 0 && img->ei_again);
	if (error == EXEC_NOTMINE) {
		exec_why(img, "it is neither an ELF program nor a script");
		return (-ENOEXEC);
	}
	return (error);
}

/* After the point of no return. */
static int
exec_load(struct thread *td, struct execimg *img)
{
	int error;

	error = fresh_space(td, img);
	if (error == 0)
		error = img->ei_act->ia_map(td, img);
	return (error != 0 ? error : finish(td, img));
}

static int
run_image(struct thread *td, struct execimg *img)
{
	int error;

	error = exec_check(td, img);
	if (error == 0)
		error = exec_commit(td, img);
	return (error != 0 ? error : exec_load(td, img));
}

void
exec_free(struct execimg *img)
{
	if (img->ei_act != NULL && img->ei_act->ia_free != NULL)
		img->ei_act->ia_free(img);
	fdrop(img->ei_file);
	kfree(img->ei_path);
	kfree(img->ei_strs);
	if (img->ei_cred != NULL)
		cred_free(img->ei_cred);
	kfree(img);
}

void
exec_resume(struct thread *td, struct execimg *img)
{
	int error = exec_load(td, img);

	td->td_pflags &= ~(uint32_t)TDP_NORESTORE;	/* this is no call */
	trap_resumed(td, error);
	td->td_proc->p_execimg = NULL;
	exec_free(img);
	if (error != 0)
		kern_exit_group(td, SIGSEGV);
}

long
kern_execve(struct thread *td, int dirfd, const char *path, int flags,
    uaddr_t argv, uaddr_t envp, int width)
{
	struct execimg *img;
	bool committed;
	int error, fdflags;

	if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_EXECVE_CHECK))
		return (-EINVAL);
	img = KNEW(struct execimg);
	if (img == NULL)
		return (-ENOMEM);
	error = exec_open(td, dirfd, path, flags, &img->ei_file);
	if (error == 0)
		error = set_names(img, dirfd, path);
	if (error != 0 || (flags & AT_EXECVE_CHECK))
		goto out;
	if (dirfd != AT_FDCWD && path[0] != '/') {
		fdflags = fd_getflags(dirfd);
		img->ei_noscript = fdflags >= 0 && (fdflags & FD_CLOEXEC) != 0;
	}
	exec_args_init(td, img);
	error = exec_args_user(img, argv, envp, width);
	if (error == 0)
		error = run_image(td, img);
out:
	committed = img->ei_committed;
	exec_free(img);
	if (error != 0 && committed)
		kern_exit_group(td, SIGSEGV);
	return (error);
}

/* --- the jail's first program --------------------------------------------------- */

static const char *
why_errno(int error)
{
	switch (error) {
	case -ENOENT:
		return ("no such file");
	case -EACCES:
		return ("not executable (permission denied)");
	case -ENOTDIR:
		return ("a part of the path is not a directory");
	case -ELOOP:
		return ("too many symbolic links");
	case -E2BIG:
		return ("its arguments are too long");
	case -ENOMEM:
		return ("not enough memory");
	case -ETXTBSY:
		return ("the file is open for writing");
	case -EIO:
		return ("the file is truncated or cannot be read");
	default:
		return (NULL);
	}
}

int
kern_exec_first(struct thread *td, const char *path, char *const *argv,
    char *const *envp, char *why, size_t size)
{
	struct execimg *img = KNEW(struct execimg);
	int error;

	if (img == NULL)
		return (-ENOMEM);
	error = exec_open(td, AT_FDCWD, path, 0, &img->ei_file);
	if (error == 0)
		error = set_names(img, AT_FDCWD, path);
	if (error == 0) {
		exec_args_init(td, img);
		error = exec_args_kern(img, argv, envp);
	}
	if (error == 0)
		error = run_image(td, img);
	/* This is no call: the next one's result must find its way. */
	td->td_pflags &= ~(uint32_t)TDP_NORESTORE;
	if (error != 0 && img->ei_why[0] != '\0')
		ksnprintf(why, size, "cannot run: %s", img->ei_why);
	else if (error != 0 && why_errno(error) != NULL)
		ksnprintf(why, size, "cannot run: %s", why_errno(error));
	else if (error != 0)
		ksnprintf(why, size, "cannot run: error %d", -error);
	exec_free(img);
	return (error);
}

static int
probe(struct thread *td, const char *path)
{
	struct file *fp;
	int error;

	error = exec_open(td, AT_FDCWD, path, 0, &fp);
	if (error == 0)
		fdrop(fp);
	return (error);
}

int
kern_exec_search(struct thread *td, const char *name, const char *pathlist,
    char *out, size_t size)
{
	int error, best = -ENOENT, n;
	const char *end;

	if (name[0] == '\0')
		return (-ENOENT);
	if (strchr(name, '/') != NULL)
		return (kstrlcpy(out, name, size) < size ? probe(td, out) :
		    -ENAMETOOLONG);
	for (;; pathlist = end + 1) {
		end = strchr(pathlist, ':');
		if (end == NULL)
			end = pathlist + strlen(pathlist);
		n = (int)(end - pathlist);
		if (n == 0)
			n = ksnprintf(out, size, "./%s", name);
		else
			n = ksnprintf(out, size, "%.*s/%s", n, pathlist, name);
		if ((size_t)n < size) {
			error = probe(td, out);
			if (error == 0)
				return (0);
			if (error == -EACCES)
				best = error;
		}
		if (*end == '\0')
			return (best);
	}
}
