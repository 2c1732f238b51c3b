build-dbg/sys/abi/callwrap.c.o: sys/abi/callwrap.c sys/libkern/hidden.h \
 sys/abi/callrows.h sys/abi/calls.h sys/libkern/types.h \
 sys/abi/calls_kinds.def sys/kern/sysvec.h sys/libkern/signal.h \
 sys/abi/calls_gen.h sys/abi/calls/file.def sys/abi/calls/proc.def \
 sys/abi/calls/sig.def sys/abi/calls/vm.def sys/abi/calls/ipc.def \
 sys/abi/calls/net.def sys/abi/calls/time.def sys/abi/calls/missing.def \
 sys/abi/calls/freebsd.def sys/abi/syscalls.h sys/libkern/errno.h
sys/libkern/hidden.h:
sys/abi/callrows.h:
sys/abi/calls.h:
sys/libkern/types.h:
sys/abi/calls_kinds.def:
sys/kern/sysvec.h:
sys/libkern/signal.h:
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
sys/abi/syscalls.h:
sys/libkern/errno.h:
