build-dbg/sys/kern/tty_pty.c.o: sys/kern/tty_pty.c \
 sys/libkern/hidden.h sys/kern/tty_var.h sys/base/mtx.h \
 sys/libkern/types.h sys/base/sleep.h sys/libkern/list.h sys/kern/tty.h \
 sys/libkern/signal.h sys/base/clock.h sys/base/copy.h sys/base/kmem.h \
 sys/base/thread.h sys/host/area.h sys/base/ucred.h sys/libkern/errno.h \
 sys/libkern/str.h sys/vfs/file.h sys/base/arena.h sys/libkern/fcntl.h \
 sys/libkern/stat.h sys/vfs/namecache.h sys/vfs/poll.h sys/vm/vm.h \
 sys/vfs/uio.h sys/host/host.h
sys/libkern/hidden.h:
sys/kern/tty_var.h:
sys/base/mtx.h:
sys/libkern/types.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/kern/tty.h:
sys/libkern/signal.h:
sys/base/clock.h:
sys/base/copy.h:
sys/base/kmem.h:
sys/base/thread.h:
sys/host/area.h:
sys/base/ucred.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/file.h:
sys/base/arena.h:
sys/libkern/fcntl.h:
sys/libkern/stat.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/vm/vm.h:
sys/vfs/uio.h:
sys/host/host.h:
