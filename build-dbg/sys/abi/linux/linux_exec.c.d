build-dbg/sys/abi/linux/linux_exec.c.o: sys/abi/linux/linux_exec.c \
 sys/libkern/hidden.h sys/abi/syscalls.h sys/abi/calls.h \
 sys/libkern/types.h sys/abi/calls_kinds.def sys/abi/calls_gen.h \
 sys/abi/calls/file.def sys/abi/calls/proc.def sys/abi/calls/sig.def \
 sys/abi/calls/vm.def sys/abi/calls/ipc.def sys/abi/calls/net.def \
 sys/abi/calls/time.def sys/abi/calls/missing.def \
 sys/abi/calls/freebsd.def sys/kern/exec.h sys/vfs/namei.h \
 sys/libkern/fcntl.h sys/vfs/namecache.h sys/base/mtx.h \
 sys/libkern/list.h
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
sys/kern/exec.h:
sys/vfs/namei.h:
sys/libkern/fcntl.h:
sys/vfs/namecache.h:
sys/base/mtx.h:
sys/libkern/list.h:
