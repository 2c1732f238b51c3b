build-dbg/sys/fs/devfs/mem.c.o: sys/fs/devfs/mem.c \
 sys/libkern/hidden.h sys/base/copy.h sys/libkern/types.h \
 sys/base/ucred.h sys/base/mtx.h sys/fs/devfs/devfs.h sys/host/host.h \
 sys/libkern/stat.h sys/libkern/errno.h sys/libkern/mman.h sys/vfs/dev.h \
 sys/vfs/file.h sys/base/arena.h sys/libkern/fcntl.h sys/libkern/list.h \
 sys/vfs/namecache.h sys/vfs/poll.h sys/base/sleep.h sys/vm/vm.h \
 sys/vfs/uio.h sys/vfs/vnode.h
sys/libkern/hidden.h:
sys/base/copy.h:
sys/libkern/types.h:
sys/base/ucred.h:
sys/base/mtx.h:
sys/fs/devfs/devfs.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/errno.h:
sys/libkern/mman.h:
sys/vfs/dev.h:
sys/vfs/file.h:
sys/base/arena.h:
sys/libkern/fcntl.h:
sys/libkern/list.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/base/sleep.h:
sys/vm/vm.h:
sys/vfs/uio.h:
sys/vfs/vnode.h:
