/*
 * init_exec.c: the first program: working directory, identity, PATH search,
 * exec; and docker's statuses when it cannot run (127 not found, 126 cannot be
 * executed, 125 anything of ours).
 */
#include "abi/calls.h"
#include "base/config.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "init/init.h"
#include "kern/exec.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/str.h"
#include "vfs/namei.h"
#include "vfs/syscalls.h"

#define	DEFPATH	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static const char *
env_get(char *const *envp, const char *name)
{
	size_t n = strlen(name);

	for (; *envp != NULL; envp++)
		if (strncmp(*envp, name, n) == 0 && (*envp)[n] == '=')
			return (*envp + n + 1);
	return (NULL);
}

/* Become whom the configuration names. */
static void
init_cred(struct thread *td, const struct jail_config *jc)
{
	struct ucred *cr = cred_copy(td->td_cred);

	if (cr == NULL)
		boot_check(-ENOMEM, "credentials");
	cr->cr_ruid = cr->cr_uid = cr->cr_suid = cr->cr_fsuid = jc->jc_uid;
	cr->cr_rgid = cr->cr_gid = cr->cr_sgid = cr->cr_fsgid = jc->jc_gid;
	boot_check(cred_setgroups(cr, jc->jc_groups, jc->jc_ngroups),
	    "groups");
	if (jc->jc_uid != 0)
		cr->cr_cap_eff = cr->cr_cap_perm = cr->cr_cap_inh = 0;
	proc_setcred(td, cr);
}

static void
init_cwd(struct thread *td, const struct jail_config *jc)
{
	const char *cwd = jc->jc_cwd != NULL ? jc->jc_cwd : "/";
	int error = kern_chdir(cwd);

	if (error == -ENOENT && !jc->jc_try) {
		init_mkdirs(cwd, 0755);
		error = kern_chdir(cwd);
	}
	if (error != 0)
		boot_fail(125, "working directory %s cannot be entered inside "
		    "the jail (error %d); name another with -w, or bring it "
		    "in with -v", cwd, -error);
	(void)td;
}

static void
no_program(const char *name, int error)
{
	if (error == -ENOENT)
		boot_fail(127, "%s: command not found in the jail", name);
	if (error == -EACCES)
		boot_fail(126, "%s: not executable (permission denied)", name);
	boot_fail(126, "%s: cannot be executed (error %d)", name, -error);
}

void
init_exec(struct thread *td, const struct jail_config *jc)
{
	static const char sep[] = ": ";
	char path[KPATH_MAX > 1024 ? 1024 : KPATH_MAX], why[200];
	const char *search = env_get(jc->jc_envp, "PATH");
	int error;

	init_cred(td, jc);
	init_cwd(td, jc);
	error = kern_exec_search(td, jc->jc_path, search != NULL ? search :
	    DEFPATH, path, sizeof(path));
	if (error != 0)
		no_program(jc->jc_path, error);
	why[0] = '\0';
	error = kern_exec_first(td, path, jc->jc_argv, jc->jc_envp, why,
	    sizeof(why));
	if (error == 0) {
		abi_trace_first(td, path, jc->jc_argv, jc->jc_envp);
		return;
	}
	if (why[0] != '\0')
		boot_fail(error == -ENOENT ? 127 : 126, "%s%s%s", path, sep,
		    why);
	if (error == -ENOEXEC)
		boot_fail(126, "%s: not in a format that the jail can "
		    "execute", path);
	no_program(path, error);
}
