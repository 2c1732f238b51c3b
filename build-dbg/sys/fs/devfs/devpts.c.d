build-dbg/sys/fs/devfs/devpts.c.o: sys/fs/devfs/devpts.c \
 sys/libkern/hidden.h sys/base/arena.h sys/libkern/types.h \
 sys/base/clock.h sys/base/kmem.h sys/fs/devfs/devfs.h sys/kern/tty.h \
 sys/libkern/errno.h sys/libkern/str.h sys/vfs/namecache.h sys/base/mtx.h \
 sys/libkern/list.h sys/vfs/vnode.h sys/base/sleep.h sys/libkern/fcntl.h \
 sys/libkern/stat.h sys/vm/vm.h
sys/libkern/hidden.h:
sys/base/arena.h:
sys/libkern/types.h:
sys/base/clock.h:
sys/base/kmem.h:
sys/fs/devfs/devfs.h:
sys/kern/tty.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/namecache.h:
sys/base/mtx.h:
sys/libkern/list.h:
sys/vfs/vnode.h:
sys/base/sleep.h:
sys/libkern/fcntl.h:
sys/libkern/stat.h:
sys/vm/vm.h:
