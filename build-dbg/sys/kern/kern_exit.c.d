build-dbg/sys/kern/kern_exit.c.o: sys/kern/kern_exit.c \
 sys/libkern/hidden.h sys/arch/amd64/arch.h sys/arch/amd64/frame.h \
 sys/libkern/types.h sys/base/arena.h sys/base/clock.h sys/base/config.h \
 sys/base/kmem.h sys/base/panic.h sys/host/host.h sys/libkern/stat.h \
 sys/kern/kern_int.h sys/kern/proc.h sys/base/sleep.h sys/base/mtx.h \
 sys/libkern/list.h sys/base/thread.h sys/host/area.h \
 sys/libkern/signal.h sys/base/ucred.h sys/kern/sig.h sys/libkern/errno.h \
 sys/libkern/str.h sys/vfs/poll.h
sys/libkern/hidden.h:
sys/arch/amd64/arch.h:
sys/arch/amd64/frame.h:
sys/libkern/types.h:
sys/base/arena.h:
sys/base/clock.h:
sys/base/config.h:
sys/base/kmem.h:
sys/base/panic.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/kern/kern_int.h:
sys/kern/proc.h:
sys/base/sleep.h:
sys/base/mtx.h:
sys/libkern/list.h:
sys/base/thread.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/base/ucred.h:
sys/kern/sig.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/poll.h:
