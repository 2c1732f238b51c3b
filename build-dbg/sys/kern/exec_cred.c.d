build-dbg/sys/kern/exec_cred.c.o: sys/kern/exec_cred.c \
 sys/libkern/hidden.h sys/base/thread.h sys/base/mtx.h \
 sys/libkern/types.h sys/base/sleep.h sys/libkern/list.h sys/host/area.h \
 sys/libkern/signal.h sys/kern/exec.h sys/kern/proc.h sys/base/arena.h \
 sys/base/ucred.h sys/host/host.h sys/libkern/stat.h sys/libkern/errno.h \
 sys/vfs/file.h sys/libkern/fcntl.h sys/vfs/namecache.h sys/vfs/poll.h \
 sys/vm/vm.h sys/vfs/vnode.h
sys/libkern/hidden.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/libkern/types.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/kern/exec.h:
sys/kern/proc.h:
sys/base/arena.h:
sys/base/ucred.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/errno.h:
sys/vfs/file.h:
sys/libkern/fcntl.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/vm/vm.h:
sys/vfs/vnode.h:
