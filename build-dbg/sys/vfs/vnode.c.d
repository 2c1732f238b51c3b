build-dbg/sys/vfs/vnode.c.o: sys/vfs/vnode.c sys/libkern/hidden.h \
 sys/vfs/vnode.h sys/base/mtx.h sys/libkern/types.h sys/base/sleep.h \
 sys/libkern/list.h sys/libkern/fcntl.h sys/libkern/stat.h sys/vm/vm.h \
 sys/base/kmem.h sys/base/ucred.h sys/libkern/errno.h sys/libkern/str.h \
 sys/vfs/flock.h sys/vfs/namecache.h sys/vfs/vnobject.h
sys/libkern/hidden.h:
sys/vfs/vnode.h:
sys/base/mtx.h:
sys/libkern/types.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/libkern/fcntl.h:
sys/libkern/stat.h:
sys/vm/vm.h:
sys/base/kmem.h:
sys/base/ucred.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/flock.h:
sys/vfs/namecache.h:
sys/vfs/vnobject.h:
