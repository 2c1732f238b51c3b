build-dbg/sys/abi/freebsd64/freebsd64_file.c.o: \
 sys/abi/freebsd64/freebsd64_file.c sys/libkern/hidden.h \
 sys/abi/freebsd64/freebsd64.h sys/kern/sysvec.h sys/libkern/signal.h \
 sys/libkern/types.h sys/libkern/stat.h sys/abi/syscalls.h \
 sys/abi/calls.h sys/abi/calls_kinds.def sys/abi/calls_gen.h \
 sys/abi/calls/file.def sys/abi/calls/proc.def sys/abi/calls/sig.def \
 sys/abi/calls/vm.def sys/abi/calls/ipc.def sys/abi/calls/net.def \
 sys/abi/calls/time.def sys/abi/calls/missing.def \
 sys/abi/calls/freebsd.def sys/base/copy.h sys/base/kmem.h \
 sys/base/thread.h sys/base/mtx.h sys/base/sleep.h sys/libkern/list.h \
 sys/host/area.h sys/libkern/errno.h sys/libkern/fcntl.h \
 sys/libkern/str.h sys/vfs/file.h sys/base/arena.h sys/vfs/namecache.h \
 sys/vfs/poll.h sys/vm/vm.h sys/vfs/namei.h sys/vfs/syscalls.h \
 sys/vfs/vnode.h
sys/libkern/hidden.h:
sys/abi/freebsd64/freebsd64.h:
sys/kern/sysvec.h:
sys/libkern/signal.h:
sys/libkern/types.h:
sys/libkern/stat.h:
sys/abi/syscalls.h:
sys/abi/calls.h:
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
sys/libkern/errno.h:
sys/libkern/fcntl.h:
sys/libkern/str.h:
sys/vfs/file.h:
sys/base/arena.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/vm/vm.h:
sys/vfs/namei.h:
sys/vfs/syscalls.h:
sys/vfs/vnode.h:
