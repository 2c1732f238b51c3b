build-dbg/sys/vfs/dev.c.o: sys/vfs/dev.c sys/libkern/hidden.h \
 sys/vfs/dev.h sys/libkern/types.h sys/base/arena.h sys/base/kmem.h \
 sys/libkern/errno.h sys/vfs/file.h sys/base/mtx.h sys/libkern/fcntl.h \
 sys/libkern/list.h sys/libkern/stat.h sys/vfs/namecache.h sys/vfs/poll.h \
 sys/base/sleep.h sys/vm/vm.h sys/vfs/vnode.h
sys/libkern/hidden.h:
sys/vfs/dev.h:
sys/libkern/types.h:
sys/base/arena.h:
sys/base/kmem.h:
sys/libkern/errno.h:
sys/vfs/file.h:
sys/base/mtx.h:
sys/libkern/fcntl.h:
sys/libkern/list.h:
sys/libkern/stat.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/base/sleep.h:
sys/vm/vm.h:
sys/vfs/vnode.h:
