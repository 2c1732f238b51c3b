build-dbg/sys/abi/freebsd64/freebsd64_signal.c.o: \
 sys/abi/freebsd64/freebsd64_signal.c sys/libkern/hidden.h \
 sys/abi/freebsd64/freebsd64.h sys/kern/sysvec.h sys/libkern/signal.h \
 sys/libkern/types.h sys/libkern/stat.h sys/abi/syscalls.h \
 sys/abi/calls.h sys/abi/calls_kinds.def sys/abi/calls_gen.h \
 sys/abi/calls/file.def sys/abi/calls/proc.def sys/abi/calls/sig.def \
 sys/abi/calls/vm.def sys/abi/calls/ipc.def sys/abi/calls/net.def \
 sys/abi/calls/time.def sys/abi/calls/missing.def \
 sys/abi/calls/freebsd.def sys/arch/amd64/arch.h sys/arch/amd64/frame.h \
 sys/base/copy.h sys/base/thread.h sys/base/mtx.h sys/base/sleep.h \
 sys/libkern/list.h sys/host/area.h sys/kern/proc.h sys/base/arena.h \
 sys/base/ucred.h sys/host/host.h sys/kern/sig.h sys/libkern/errno.h \
 sys/libkern/str.h sys/vm/vm.h
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
sys/arch/amd64/arch.h:
sys/arch/amd64/frame.h:
sys/base/copy.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/kern/proc.h:
sys/base/arena.h:
sys/base/ucred.h:
sys/host/host.h:
sys/kern/sig.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vm/vm.h:
