/* linux_exec.c: the edge of execve(2) and execveat(2). */
#include "abi/syscalls.h"
#include "kern/exec.h"
#include "vfs/namei.h"

long
sys_execveat(struct thread *td, int dirfd, uaddr_t upath, uaddr_t argv,
    uaddr_t envp, int flags)
{
	char *path;
	long r;

	r = path_get(upath, &path);
	if (r != 0)
		return (r);
	r = kern_execve(td, dirfd, path, flags, argv, envp, 8);
	path_put(path);
	return (r);
}

long
sys_execve(struct thread *td, uaddr_t upath, uaddr_t argv, uaddr_t envp)
{
	return (sys_execveat(td, AT_FDCWD, upath, argv, envp, 0));
}
