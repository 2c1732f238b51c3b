build-dbg/sys/init/init_vfs.c.o: sys/init/init_vfs.c \
 sys/libkern/hidden.h sys/init/init.h sys/libkern/types.h \
 sys/base/thread.h sys/base/mtx.h sys/base/sleep.h sys/libkern/list.h \
 sys/host/area.h sys/libkern/signal.h sys/kern/proc.h sys/base/arena.h \
 sys/base/ucred.h sys/host/host.h sys/libkern/stat.h sys/kern/sig.h \
 sys/vfs/vfs.h sys/vfs/namecache.h
sys/libkern/hidden.h:
sys/init/init.h:
sys/libkern/types.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/kern/proc.h:
sys/base/arena.h:
sys/base/ucred.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/kern/sig.h:
sys/vfs/vfs.h:
sys/vfs/namecache.h:
