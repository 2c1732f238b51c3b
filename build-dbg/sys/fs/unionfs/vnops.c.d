build-dbg/sys/fs/unionfs/vnops.c.o: sys/fs/unionfs/vnops.c \
 sys/libkern/hidden.h sys/fs/unionfs/internal.h sys/base/mtx.h \
 sys/libkern/types.h sys/fs/unionfs/unionfs.h sys/libkern/errno.h \
 sys/libkern/fcntl.h sys/libkern/stat.h sys/libkern/str.h \
 sys/vfs/namecache.h sys/libkern/list.h sys/vfs/vnode.h sys/base/sleep.h \
 sys/vm/vm.h sys/base/ucred.h sys/libkern/mman.h sys/vfs/file.h \
 sys/base/arena.h sys/vfs/poll.h sys/vfs/uio.h sys/host/host.h
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
sys/base/ucred.h:
sys/libkern/mman.h:
sys/vfs/file.h:
sys/base/arena.h:
sys/vfs/poll.h:
sys/vfs/uio.h:
sys/host/host.h:
