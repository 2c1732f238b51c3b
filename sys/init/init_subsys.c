/* init_subsys.c: wires the floors: roots, file systems, ABIs, hooks. */
#include "abi/calls.h"
#include "abi/freebsd64/freebsd64.h"
#include "abi/linux64/linux64.h"
#include "fs/devfs/devfs.h"
#include "fs/hostfs/hostfs.h"
#include "fs/procfs/procfs.h"
#include "fs/sysfs/sysfs.h"
#include "fs/tmpfs/tmpfs.h"
#include "fs/unionfs/unionfs.h"
#include "base/config.h"
#include "base/rec.h"
#include "init/init.h"
#include "ipc/ipc.h"
#include "kern/proc.h"
#include "kern/sysvec.h"
#include "kern/tty.h"
#include "net/socket.h"
#include "vfs/namecache.h"
#include "vfs/vfs.h"
#include "vm/vm.h"

static const struct fstype *const fstypes[] = {
	&hostfs_fstype, &tmpfs_fstype, &unionfs_fstype, &procfs_fstype,
	&sysfs_fstype, &cgroup2_fstype, &devfs_fstype, &devpts_fstype,
};

/* The first is the brand of files that show none. */
static const struct sysvec *const sysvecs[] = {
	&linux64_sysvec, &freebsd64_sysvec,
};

void
init_subsystems(const struct jail_config *jc)
{
	boot_check(rec_init(), "rec_init");
	vm_init();
	boot_check(vm_text_init(jc), "vm_text_init");
	boot_check(vfs_init(), "vfs_init");
	boot_check(kern_init(), "kern_init");
	init_vfs();
	boot_check(ipc_init(), "ipc_init");
	boot_check(net_init(), "net_init");
	boot_check(hostdev_init(jc), "hostdev_init");
	boot_check(dev_init(), "dev_init");
	boot_check(tty_init(jc->jc_ttyfd, jc->jc_uid, jc->jc_gid),
	    "tty_init");
	for (unsigned i = 0; i < nitems(fstypes); i++)
		boot_check(fstype_register(fstypes[i]), "fstype_register");
	for (unsigned i = 0; i < nitems(sysvecs); i++)
		boot_check(sysvec_register(sysvecs[i]), "sysvec_register");
	kern()->k_ttysignal = tty_signal;
	abi_trace_init(jc->jc_trace);
}
