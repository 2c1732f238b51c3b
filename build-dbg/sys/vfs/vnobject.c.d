build-dbg/sys/vfs/vnobject.c.o: sys/vfs/vnobject.c \
 sys/libkern/hidden.h sys/vfs/vnobject.h sys/vm/vm.h sys/base/mtx.h \
 sys/libkern/types.h sys/libkern/list.h sys/libkern/errno.h \
 sys/libkern/str.h sys/vfs/nc_impl.h sys/vfs/namecache.h sys/vfs/vfs.h \
 sys/base/arena.h sys/vfs/vnode.h sys/base/sleep.h sys/libkern/fcntl.h \
 sys/libkern/stat.h
sys/libkern/hidden.h:
sys/vfs/vnobject.h:
sys/vm/vm.h:
sys/base/mtx.h:
sys/libkern/types.h:
sys/libkern/list.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/nc_impl.h:
sys/vfs/namecache.h:
sys/vfs/vfs.h:
sys/base/arena.h:
sys/vfs/vnode.h:
sys/base/sleep.h:
sys/libkern/fcntl.h:
sys/libkern/stat.h:
