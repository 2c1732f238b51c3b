build-dbg/sys/abi/linux/linux_file.c.o: sys/abi/linux/linux_file.c \
 sys/libkern/hidden.h sys/abi/syscalls.h sys/abi/calls.h \
 sys/libkern/types.h sys/abi/calls_kinds.def sys/abi/calls_gen.h \
 sys/abi/calls/file.def sys/abi/calls/proc.def sys/abi/calls/sig.def \
 sys/abi/calls/vm.def sys/abi/calls/ipc.def sys/abi/calls/net.def \
 sys/abi/calls/time.def sys/abi/calls/missing.def \
 sys/abi/calls/freebsd.def sys/base/copy.h sys/base/kmem.h \
 sys/base/thread.h sys/base/mtx.h sys/base/sleep.h sys/libkern/list.h \
 sys/host/area.h sys/libkern/signal.h sys/libkern/errno.h \
 sys/libkern/fcntl.h sys/vfs/file.h sys/base/arena.h sys/libkern/stat.h \
 sys/vfs/namecache.h sys/vfs/poll.h sys/vm/vm.h sys/vfs/namei.h \
 sys/vfs/syscalls.h sys/vfs/uio.h sys/host/host.h
sys/libkern/hidden.h:
sys/abi/syscalls.h:
sys/abi/calls.h:
sys/libkern/types.h:
sys/abi/calls_kinds.def:
sys/abi/calls_gen.h:
sys/abi/calls/file.def:
sys/abi/calls/proc.def:
sys/abi/calls/sig.def:
sys/abi/calls/vm.def:
sys/abi/calls/ipc.def:
sys/abi/calls/net.def:
sys/abi/calls/time.def:
sys/abi/calls/missing.def:
sys/abi/calls/freebsd.def:
sys/base/copy.h:
sys/base/kmem.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/libkern/errno.h:
sys/libkern/fcntl.h:
sys/vfs/file.h:
sys/base/arena.h:
sys/libkern/stat.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/vm/vm.h:
sys/vfs/namei.h:
sys/vfs/syscalls.h:
sys/vfs/uio.h:
sys/host/host.h:
