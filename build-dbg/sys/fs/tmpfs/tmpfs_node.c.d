build-dbg/sys/fs/tmpfs/tmpfs_node.c.o: sys/fs/tmpfs/tmpfs_node.c \
 sys/libkern/hidden.h sys/base/clock.h sys/libkern/types.h \
 sys/base/kmem.h sys/fs/tmpfs/tmpfs_var.h sys/base/mtx.h \
 sys/libkern/list.h sys/vfs/vnode.h sys/base/sleep.h sys/libkern/fcntl.h \
 sys/libkern/stat.h sys/vm/vm.h sys/libkern/errno.h sys/vfs/namecache.h
sys/libkern/hidden.h:
sys/base/clock.h:
sys/libkern/types.h:
sys/base/kmem.h:
sys/fs/tmpfs/tmpfs_var.h:
sys/base/mtx.h:
sys/libkern/list.h:
sys/vfs/vnode.h:
sys/base/sleep.h:
sys/libkern/fcntl.h:
sys/libkern/stat.h:
sys/vm/vm.h:
sys/libkern/errno.h:
sys/vfs/namecache.h:
