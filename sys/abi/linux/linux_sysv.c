/* linux_sysv.c: the edge of System V IPC (sysvipc(7)). */
#include "abi/syscalls.h"
#include "base/clock.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "host/host.h"
#include "ipc/sysv.h"
#include "libkern/errno.h"

#define	IPC_64		0x100
#define	SEMOPM		500

long
sys_shmget(struct thread *td, int key, size_t size, int flags)
{
	return (kern_shmget(key, size, flags));
}

long
sys_shmat(struct thread *td, int id, uaddr_t addr, int flags)
{
	return (kern_shmat(td, id, addr, flags));
}

long
sys_shmdt(struct thread *td, uaddr_t addr)
{
	return (kern_shmdt(td, addr));
}

long
sys_shmctl(struct thread *td, int id, int cmd, uaddr_t buf)
{
	return (kern_shmctl(td, id, cmd & ~IPC_64, buf));
}

long
sys_semget(struct thread *td, int key, int nsems, int flags)
{
	return (kern_semget(key, nsems, flags));
}

long
sys_semtimedop(struct thread *td, int id, uaddr_t uops, size_t n, uaddr_t uts)
{
	struct ksembuf fast[16], *ops = fast;
	struct timespec64 ts;
	nsec_t deadline = 0;
	long ret;

	if (n == 0)
		return (-EINVAL);
	if (n > SEMOPM)
		return (-E2BIG);
	if (uts != 0) {
		if (copyin(uts, &ts, sizeof(ts)) != 0)
			return (-EFAULT);
		if (!ts_valid(&ts))
			return (-EINVAL);
		deadline = ts2ns(&ts) == 0 ? HOST_NOWAIT :
		    clock_deadline(ts2ns(&ts));
	}
	if (n > 16 && (ops = kmalloc(n * sizeof(*ops), KM_NOZERO)) == NULL)
		return (-ENOMEM);
	ret = copyin(uops, ops, n * sizeof(*ops));
	if (ret == 0)
		ret = kern_semop(td, id, ops, (unsigned)n, deadline);
	if (ops != fast)
		kfree(ops);
	return (ret);
}

long
sys_semop(struct thread *td, int id, uaddr_t uops, size_t n)
{
	return (sys_semtimedop(td, id, uops, n, 0));
}

long
sys_semctl(struct thread *td, int id, int num, int cmd, unsigned long arg)
{
	return (kern_semctl(td, id, num, cmd & ~IPC_64, arg));
}

long
sys_msgget(struct thread *td, int key, int flags)
{
	return (kern_msgget(key, flags));
}

long
sys_msgsnd(struct thread *td, int id, uaddr_t umsg, size_t n, int flags)
{
	uint64_t type;

	if (fetch64(umsg, &type) != 0)
		return (-EFAULT);
	return (kern_msgsnd(td, id, (int64_t)type, umsg + sizeof(type), n,
	    flags));
}

long
sys_msgrcv(struct thread *td, int id, uaddr_t umsg, size_t n, long type,
    int flags)
{
	int64_t t = type;
	long ret;

	ret = kern_msgrcv(td, id, &t, umsg + sizeof(t), n, flags);
	if (ret >= 0 && store64(umsg, (uint64_t)t) != 0)
		return (-EFAULT);
	return (ret);
}

long
sys_msgctl(struct thread *td, int id, int cmd, uaddr_t buf)
{
	return (kern_msgctl(td, id, cmd & ~IPC_64, buf));
}
