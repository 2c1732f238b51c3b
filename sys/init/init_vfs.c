/* init_vfs.c: what vfs asks of kern. */
#include "init/init.h"

#include "base/thread.h"
#include "kern/proc.h"
#include "kern/sig.h"
#include "vfs/vfs.h"

static uint64_t
cur_rlimit(int res)
{
	return (proc_rlimit(curproc(), res));
}

static int
cur_pid(void)
{
	return (curproc()->p_pid);
}

static void
cur_signal(int sig)
{
	sig_thread_kernel(curthread(), sig);
}

static const struct vfs_kern ops = {
	.vk_rlimit	= cur_rlimit,
	.vk_curpid	= cur_pid,
	.vk_signal	= cur_signal,
};

void
init_vfs(void)
{
	vfs_setkern(&ops);
}
