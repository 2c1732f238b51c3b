/* init.c: ipc's root and its hooks. */
#include "base/kmem.h"
#include "ipc/aio.h"
#include "ipc/ipc.h"
#include "ipc/mqueue.h"
#include "ipc/sysv.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "vfs/file.h"

static const struct vfs_hooks ipc_vfs_hooks = {
	.vh_fifo_open = fifo_open,
	.vh_epoll_gone = epoll_gone,
};

int
ipc_init(void)
{
	struct ipc_root *ir = KNEW(struct ipc_root);

	if (ir == NULL)
		return (-ENOMEM);
	mtx_init(&ir->ir_fifolock, RANK_SOCK, "fifos");
	mtx_init(&ir->ir_eplock, RANK_EPOLL, "epolls");
	ir->ir_ino = 1000;
	kroot()->r_sub[KROOT_IPC] = ir;
	kroot()->r_sub[KROOT_VFSHOOKS] = (void *)&ipc_vfs_hooks;
	kern_add_hooks(NULL, NULL, ipc_thread_exit);
	if (mq_init() != 0 || aio_init() != 0)
		return (-ENOMEM);
	return (sysv_init());
}

uint64_t
ipc_newino(void)
{
	return (atomic_add(&ipcroot()->ir_ino, 1));
}
