build-dbg/sys/fs/tmpfs/tmpfs_mount.c.o: sys/fs/tmpfs/tmpfs_mount.c \
 sys/libkern/hidden.h sys/base/kmem.h sys/libkern/types.h \
 sys/fs/tmpfs/tmpfs.h sys/fs/tmpfs/tmpfs_var.h sys/base/mtx.h \
 sys/libkern/list.h sys/vfs/vnode.h sys/base/sleep.h sys/libkern/fcntl.h \
 sys/libkern/stat.h sys/vm/vm.h sys/libkern/errno.h sys/libkern/str.h \
 sys/vfs/namecache.h
sys/libkern/hidden.h:
sys/base/kmem.h:
sys/libkern/types.h:
sys/fs/tmpfs/tmpfs.h:
sys/fs/tmpfs/tmpfs_var.h:
sys/base/mtx.h:
sys/libkern/list.h:
sys/vfs/vnode.h:
sys/base/sleep.h:
sys/libkern/fcntl.h:
sys/libkern/stat.h:
sys/vm/vm.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/namecache.h:
