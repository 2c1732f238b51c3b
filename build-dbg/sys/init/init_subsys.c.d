build-dbg/sys/init/init_subsys.c.o: sys/init/init_subsys.c \
 sys/libkern/hidden.h sys/abi/freebsd64/freebsd64.h sys/kern/sysvec.h \
 sys/libkern/signal.h sys/libkern/types.h sys/libkern/stat.h \
 sys/abi/linux64/linux64.h sys/fs/devfs/devfs.h sys/fs/hostfs/hostfs.h \
 sys/fs/procfs/procfs.h sys/fs/sysfs/sysfs.h sys/fs/tmpfs/tmpfs.h \
 sys/fs/unionfs/unionfs.h sys/base/config.h sys/init/init.h sys/ipc/ipc.h \
 sys/base/arena.h sys/base/mtx.h sys/base/sleep.h sys/libkern/list.h \
 sys/vfs/poll.h sys/kern/proc.h sys/base/thread.h sys/host/area.h \
 sys/base/ucred.h sys/host/host.h sys/kern/tty.h sys/net/socket.h \
 sys/vfs/file.h sys/libkern/fcntl.h sys/vfs/namecache.h sys/vm/vm.h \
 sys/vfs/uio.h sys/vfs/vfs.h
sys/libkern/hidden.h:
sys/abi/freebsd64/freebsd64.h:
sys/kern/sysvec.h:
sys/libkern/signal.h:
sys/libkern/types.h:
sys/libkern/stat.h:
sys/abi/linux64/linux64.h:
sys/fs/devfs/devfs.h:
sys/fs/hostfs/hostfs.h:
sys/fs/procfs/procfs.h:
sys/fs/sysfs/sysfs.h:
sys/fs/tmpfs/tmpfs.h:
sys/fs/unionfs/unionfs.h:
sys/base/config.h:
sys/init/init.h:
sys/ipc/ipc.h:
sys/base/arena.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/vfs/poll.h:
sys/kern/proc.h:
sys/base/thread.h:
sys/host/area.h:
sys/base/ucred.h:
sys/host/host.h:
sys/kern/tty.h:
sys/net/socket.h:
sys/vfs/file.h:
sys/libkern/fcntl.h:
sys/vfs/namecache.h:
sys/vm/vm.h:
sys/vfs/uio.h:
sys/vfs/vfs.h:
