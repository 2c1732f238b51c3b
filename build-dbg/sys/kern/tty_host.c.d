build-dbg/sys/kern/tty_host.c.o: sys/kern/tty_host.c \
 sys/libkern/hidden.h sys/kern/tty_var.h sys/base/mtx.h \
 sys/libkern/types.h sys/base/sleep.h sys/libkern/list.h sys/kern/tty.h \
 sys/libkern/signal.h sys/base/arena.h sys/base/copy.h sys/host/host.h \
 sys/libkern/stat.h sys/libkern/errno.h sys/vfs/file.h \
 sys/libkern/fcntl.h sys/vfs/namecache.h sys/vfs/poll.h sys/vm/vm.h \
 sys/vfs/uio.h
sys/libkern/hidden.h:
sys/kern/tty_var.h:
sys/base/mtx.h:
sys/libkern/types.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/kern/tty.h:
sys/libkern/signal.h:
sys/base/arena.h:
sys/base/copy.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/errno.h:
sys/vfs/file.h:
sys/libkern/fcntl.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/vm/vm.h:
sys/vfs/uio.h:
