/* init_proc.c: the first process, by hand. */
#include "arch/amd64/machdep.h"
#include "base/arena.h"
#include "base/config.h"
#include "base/thread.h"
#include "host/host.h"
#include "init/init.h"
#include "kern/proc.h"
#include "kern/sysvec.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vm/vm.h"

struct thread *
init_firstthread(const struct jail_config *jc)
{
	struct proc *p = proc_boot(jc->jc_kinit != 0);
	struct thread *td;

	if (p == NULL)
		boot_check(-ENOMEM, "making the first process");
	td = proc_first(p);
	td->td_area = TAREA_BASE;
	td->td_hostpid = td->td_hosttid = p->p_hostpid = host_getpid();
	td->td_alive = (uint32_t)td->td_hosttid;
	host_set_tid_address(&td->td_alive);
	td->td_sysvec = p->p_sysvec = sysvec_nth(0);
	td->td_fd = fd_tablealloc();
	td->td_vm = vm_alloc();
	if (td->td_fd == NULL || td->td_vm == NULL)
		boot_check(-ENOMEM, "making the first process");
	for (int i = 0; i < KRLIM_NLIMITS; i++) {
		p->p_rlim[i].rlim_cur = jc->jc_rlimit[i][0];
		p->p_rlim[i].rlim_max = jc->jc_rlimit[i][1];
	}
	fd_setlimit(td->td_fd, p->p_rlim[RLIMIT_NOFILE_].rlim_cur);
	vm_setlimits(td->td_vm, p->p_rlim[RLIMIT_AS_].rlim_cur,
	    p->p_rlim[RLIMIT_DATA_].rlim_cur,
	    p->p_rlim[RLIMIT_MEMLOCK_].rlim_cur);
	if (jc->jc_hostname != NULL)
		(void)kstrlcpy(kern()->k_hostname, jc->jc_hostname,
		    sizeof(kern()->k_hostname));
	return (td);
}
