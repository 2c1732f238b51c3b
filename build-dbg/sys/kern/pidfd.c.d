build-dbg/sys/kern/pidfd.c.o: sys/kern/pidfd.c sys/libkern/hidden.h \
 sys/kern/kern_int.h sys/kern/proc.h sys/base/arena.h sys/libkern/types.h \
 sys/base/sleep.h sys/base/mtx.h sys/libkern/list.h sys/base/thread.h \
 sys/host/area.h sys/libkern/signal.h sys/base/ucred.h sys/host/host.h \
 sys/libkern/stat.h sys/kern/sig.h sys/kern/pidfd.h sys/libkern/errno.h \
 sys/libkern/str.h sys/vfs/file.h sys/libkern/fcntl.h sys/vfs/namecache.h \
 sys/vfs/poll.h sys/vm/vm.h
sys/libkern/hidden.h:
sys/kern/kern_int.h:
sys/kern/proc.h:
sys/base/arena.h:
sys/libkern/types.h:
sys/base/sleep.h:
sys/base/mtx.h:
sys/libkern/list.h:
sys/base/thread.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/base/ucred.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/kern/sig.h:
sys/kern/pidfd.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/file.h:
sys/libkern/fcntl.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/vm/vm.h:
