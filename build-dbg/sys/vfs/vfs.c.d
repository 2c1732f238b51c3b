build-dbg/sys/vfs/vfs.c.o: sys/vfs/vfs.c sys/libkern/hidden.h \
 sys/vfs/vfs.h sys/base/arena.h sys/libkern/types.h sys/base/mtx.h \
 sys/libkern/list.h sys/vfs/namecache.h sys/base/kmem.h sys/base/thread.h \
 sys/base/sleep.h sys/host/area.h sys/libkern/signal.h \
 sys/libkern/errno.h sys/vfs/nc_impl.h
sys/libkern/hidden.h:
sys/vfs/vfs.h:
sys/base/arena.h:
sys/libkern/types.h:
sys/base/mtx.h:
sys/libkern/list.h:
sys/vfs/namecache.h:
sys/base/kmem.h:
sys/base/thread.h:
sys/base/sleep.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/libkern/errno.h:
sys/vfs/nc_impl.h:
