build-dbg/sys/ipc/sysv_msg.c.o: sys/ipc/sysv_msg.c \
 sys/libkern/hidden.h sys/base/copy.h sys/libkern/types.h sys/base/kmem.h \
 sys/base/thread.h sys/base/mtx.h sys/base/sleep.h sys/libkern/list.h \
 sys/host/area.h sys/libkern/signal.h sys/base/ucred.h sys/ipc/ipc.h \
 sys/base/arena.h sys/vfs/poll.h sys/ipc/sysv.h sys/kern/proc.h \
 sys/host/host.h sys/libkern/stat.h sys/libkern/errno.h \
 sys/libkern/fcntl.h sys/libkern/str.h
sys/libkern/hidden.h:
sys/base/copy.h:
sys/libkern/types.h:
sys/base/kmem.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/base/ucred.h:
sys/ipc/ipc.h:
sys/base/arena.h:
sys/vfs/poll.h:
sys/ipc/sysv.h:
sys/kern/proc.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/errno.h:
sys/libkern/fcntl.h:
sys/libkern/str.h:
