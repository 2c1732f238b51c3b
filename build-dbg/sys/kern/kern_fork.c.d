build-dbg/sys/kern/kern_fork.c.o: sys/kern/kern_fork.c \
 sys/libkern/hidden.h sys/arch/amd64/arch.h sys/arch/amd64/frame.h \
 sys/libkern/types.h sys/base/copy.h sys/base/kmem.h sys/host/host.h \
 sys/libkern/stat.h sys/kern/kern_int.h sys/kern/proc.h sys/base/arena.h \
 sys/base/sleep.h sys/base/mtx.h sys/libkern/list.h sys/base/thread.h \
 sys/host/area.h sys/libkern/signal.h sys/base/ucred.h sys/kern/sig.h \
 sys/kern/pidfd.h sys/kern/sysvec.h sys/libkern/errno.h sys/libkern/str.h \
 sys/vfs/file.h sys/libkern/fcntl.h sys/vfs/namecache.h sys/vfs/poll.h \
 sys/vm/vm.h sys/vfs/namei.h
sys/libkern/hidden.h:
sys/arch/amd64/arch.h:
sys/arch/amd64/frame.h:
sys/libkern/types.h:
sys/base/copy.h:
sys/base/kmem.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/kern/kern_int.h:
sys/kern/proc.h:
sys/base/arena.h:
sys/base/sleep.h:
sys/base/mtx.h:
sys/libkern/list.h:
sys/base/thread.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/base/ucred.h:
sys/kern/sig.h:
sys/kern/pidfd.h:
sys/kern/sysvec.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/file.h:
sys/libkern/fcntl.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/vm/vm.h:
sys/vfs/namei.h:
