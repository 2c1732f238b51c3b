build-dbg/sys/fs/devfs/devfs.c.o: sys/fs/devfs/devfs.c \
 sys/libkern/hidden.h sys/fs/devfs/devfs.h sys/libkern/errno.h \
 sys/libkern/str.h sys/libkern/types.h sys/vfs/namecache.h sys/base/mtx.h \
 sys/libkern/list.h sys/vfs/vnode.h sys/base/sleep.h sys/libkern/fcntl.h \
 sys/libkern/stat.h sys/vm/vm.h
sys/libkern/hidden.h:
sys/fs/devfs/devfs.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/libkern/types.h:
sys/vfs/namecache.h:
sys/base/mtx.h:
sys/libkern/list.h:
sys/vfs/vnode.h:
sys/base/sleep.h:
sys/libkern/fcntl.h:
sys/libkern/stat.h:
sys/vm/vm.h:
