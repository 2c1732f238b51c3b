build-dbg/sys/fs/unionfs/mount.c.o: sys/fs/unionfs/mount.c \
 sys/libkern/hidden.h sys/fs/unionfs/internal.h sys/base/mtx.h \
 sys/libkern/types.h sys/fs/unionfs/unionfs.h sys/libkern/errno.h \
 sys/libkern/fcntl.h sys/libkern/stat.h sys/libkern/str.h \
 sys/vfs/namecache.h sys/libkern/list.h sys/vfs/vnode.h sys/base/sleep.h \
 sys/vm/vm.h sys/base/kmem.h
sys/libkern/hidden.h:
sys/fs/unionfs/internal.h:
sys/base/mtx.h:
sys/libkern/types.h:
sys/fs/unionfs/unionfs.h:
sys/libkern/errno.h:
sys/libkern/fcntl.h:
sys/libkern/stat.h:
sys/libkern/str.h:
sys/vfs/namecache.h:
sys/libkern/list.h:
sys/vfs/vnode.h:
sys/base/sleep.h:
sys/vm/vm.h:
sys/base/kmem.h:
