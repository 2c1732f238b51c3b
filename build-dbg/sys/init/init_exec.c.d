build-dbg/sys/init/init_exec.c.o: sys/init/init_exec.c \
 sys/libkern/hidden.h sys/base/config.h sys/libkern/types.h \
 sys/base/thread.h sys/base/mtx.h sys/base/sleep.h sys/libkern/list.h \
 sys/host/area.h sys/libkern/signal.h sys/base/ucred.h sys/init/init.h \
 sys/kern/exec.h sys/kern/proc.h sys/base/arena.h sys/host/host.h \
 sys/libkern/stat.h sys/libkern/errno.h sys/libkern/fcntl.h \
 sys/libkern/str.h sys/vfs/namei.h sys/vfs/namecache.h sys/vfs/syscalls.h \
 sys/vfs/file.h sys/vfs/poll.h sys/vm/vm.h
sys/libkern/hidden.h:
sys/base/config.h:
sys/libkern/types.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/base/ucred.h:
sys/init/init.h:
sys/kern/exec.h:
sys/kern/proc.h:
sys/base/arena.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/errno.h:
sys/libkern/fcntl.h:
sys/libkern/str.h:
sys/vfs/namei.h:
sys/vfs/namecache.h:
sys/vfs/syscalls.h:
sys/vfs/file.h:
sys/vfs/poll.h:
sys/vm/vm.h:
