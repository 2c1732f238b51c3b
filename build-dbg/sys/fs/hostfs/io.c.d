build-dbg/sys/fs/hostfs/io.c.o: sys/fs/hostfs/io.c \
 sys/libkern/hidden.h sys/fs/hostfs/internal.h sys/base/mtx.h \
 sys/libkern/types.h sys/fs/hostfs/hostfs.h sys/host/host.h \
 sys/libkern/stat.h sys/libkern/errno.h sys/libkern/list.h \
 sys/libkern/str.h sys/vfs/namecache.h sys/vfs/vnode.h sys/base/sleep.h \
 sys/libkern/fcntl.h sys/vm/vm.h sys/base/clock.h sys/base/kmem.h \
 sys/libkern/mman.h sys/vfs/file.h sys/base/arena.h sys/vfs/poll.h \
 sys/vfs/uio.h
sys/libkern/hidden.h:
sys/fs/hostfs/internal.h:
sys/base/mtx.h:
sys/libkern/types.h:
sys/fs/hostfs/hostfs.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/errno.h:
sys/libkern/list.h:
sys/libkern/str.h:
sys/vfs/namecache.h:
sys/vfs/vnode.h:
sys/base/sleep.h:
sys/libkern/fcntl.h:
sys/vm/vm.h:
sys/base/clock.h:
sys/base/kmem.h:
sys/libkern/mman.h:
sys/vfs/file.h:
sys/base/arena.h:
sys/vfs/poll.h:
sys/vfs/uio.h:
