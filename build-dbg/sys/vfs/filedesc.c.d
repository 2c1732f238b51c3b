build-dbg/sys/vfs/filedesc.c.o: sys/vfs/filedesc.c \
 sys/libkern/hidden.h sys/base/kmem.h sys/libkern/types.h \
 sys/base/thread.h sys/base/mtx.h sys/base/sleep.h sys/libkern/list.h \
 sys/host/area.h sys/libkern/signal.h sys/libkern/errno.h \
 sys/libkern/str.h sys/vfs/file.h sys/base/arena.h sys/libkern/fcntl.h \
 sys/libkern/stat.h sys/vfs/namecache.h sys/vfs/poll.h sys/vm/vm.h \
 sys/vfs/vfs.h
sys/libkern/hidden.h:
sys/base/kmem.h:
sys/libkern/types.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/file.h:
sys/base/arena.h:
sys/libkern/fcntl.h:
sys/libkern/stat.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/vm/vm.h:
sys/vfs/vfs.h:
