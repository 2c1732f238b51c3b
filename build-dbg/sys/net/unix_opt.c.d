build-dbg/sys/net/unix_opt.c.o: sys/net/unix_opt.c \
 sys/libkern/hidden.h sys/net/unix.h sys/base/sleep.h sys/base/mtx.h \
 sys/libkern/types.h sys/libkern/list.h sys/net/socket.h sys/vfs/file.h \
 sys/base/arena.h sys/libkern/fcntl.h sys/libkern/stat.h \
 sys/vfs/namecache.h sys/vfs/poll.h sys/vm/vm.h sys/vfs/uio.h \
 sys/host/host.h sys/libkern/errno.h sys/libkern/str.h
sys/libkern/hidden.h:
sys/net/unix.h:
sys/base/sleep.h:
sys/base/mtx.h:
sys/libkern/types.h:
sys/libkern/list.h:
sys/net/socket.h:
sys/vfs/file.h:
sys/base/arena.h:
sys/libkern/fcntl.h:
sys/libkern/stat.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/vm/vm.h:
sys/vfs/uio.h:
sys/host/host.h:
sys/libkern/errno.h:
sys/libkern/str.h:
