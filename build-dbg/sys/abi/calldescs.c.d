build-dbg/sys/abi/calldescs.c.o: sys/abi/calldescs.c sys/libkern/hidden.h \
 sys/abi/calls.h sys/libkern/types.h sys/abi/calls_kinds.def \
 sys/libkern/errno.h sys/abi/calls_gen.h sys/abi/calls/file.def \
 sys/abi/calls/proc.def sys/abi/calls/sig.def sys/abi/calls/vm.def \
 sys/abi/calls/ipc.def sys/abi/calls/net.def sys/abi/calls/time.def \
 sys/abi/calls/missing.def sys/abi/calls/freebsd.def
sys/libkern/hidden.h:
sys/abi/calls.h:
sys/libkern/types.h:
sys/abi/calls_kinds.def:
sys/libkern/errno.h:
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
