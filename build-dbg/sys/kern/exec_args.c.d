build-dbg/sys/kern/exec_args.c.o: sys/kern/exec_args.c \
 sys/libkern/hidden.h sys/base/copy.h sys/libkern/types.h sys/base/kmem.h \
 sys/base/thread.h sys/base/mtx.h sys/base/sleep.h sys/libkern/list.h \
 sys/host/area.h sys/libkern/signal.h sys/kern/exec.h sys/kern/proc.h \
 sys/base/arena.h sys/base/ucred.h sys/host/host.h sys/libkern/stat.h \
 sys/libkern/errno.h sys/libkern/str.h
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
sys/kern/exec.h:
sys/kern/proc.h:
sys/base/arena.h:
sys/base/ucred.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/errno.h:
sys/libkern/str.h:
