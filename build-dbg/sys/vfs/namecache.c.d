build-dbg/sys/vfs/namecache.c.o: sys/vfs/namecache.c \
 sys/libkern/hidden.h sys/base/kmem.h sys/libkern/types.h \
 sys/libkern/errno.h sys/libkern/str.h sys/vfs/nc_impl.h \
 sys/vfs/namecache.h sys/base/mtx.h sys/libkern/list.h sys/vfs/vfs.h \
 sys/base/arena.h sys/vfs/vnode.h sys/base/sleep.h sys/libkern/fcntl.h \
 sys/libkern/stat.h sys/vm/vm.h
sys/libkern/hidden.h:
sys/base/kmem.h:
sys/libkern/types.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/nc_impl.h:
sys/vfs/namecache.h:
sys/base/mtx.h:
sys/libkern/list.h:
sys/vfs/vfs.h:
sys/base/arena.h:
sys/vfs/vnode.h:
sys/base/sleep.h:
sys/libkern/fcntl.h:
sys/libkern/stat.h:
sys/vm/vm.h:
