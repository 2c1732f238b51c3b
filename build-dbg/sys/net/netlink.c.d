build-dbg/sys/net/netlink.c.o: sys/net/netlink.c sys/libkern/hidden.h \
 sys/base/copy.h sys/libkern/types.h sys/base/kmem.h sys/host/host.h \
 sys/libkern/stat.h sys/libkern/errno.h sys/libkern/str.h \
 sys/net/socket.h sys/base/mtx.h sys/vfs/file.h sys/base/arena.h \
 sys/libkern/fcntl.h sys/libkern/list.h sys/vfs/namecache.h \
 sys/vfs/poll.h sys/base/sleep.h sys/vm/vm.h sys/vfs/uio.h
sys/libkern/hidden.h:
sys/base/copy.h:
sys/libkern/types.h:
sys/base/kmem.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/net/socket.h:
sys/base/mtx.h:
sys/vfs/file.h:
sys/base/arena.h:
sys/libkern/fcntl.h:
sys/libkern/list.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/base/sleep.h:
sys/vm/vm.h:
sys/vfs/uio.h:
