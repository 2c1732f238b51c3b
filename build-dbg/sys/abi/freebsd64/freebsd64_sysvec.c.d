build-dbg/sys/abi/freebsd64/freebsd64_sysvec.c.o: \
 sys/abi/freebsd64/freebsd64_sysvec.c sys/libkern/hidden.h \
 sys/abi/calls.h sys/libkern/types.h sys/abi/calls_kinds.def \
 sys/abi/freebsd64/freebsd64.h sys/kern/sysvec.h sys/libkern/signal.h \
 sys/libkern/stat.h sys/arch/amd64/frame.h sys/base/arena.h \
 sys/base/copy.h sys/base/thread.h sys/base/mtx.h sys/base/sleep.h \
 sys/libkern/list.h sys/host/area.h
sys/libkern/hidden.h:
sys/abi/calls.h:
sys/libkern/types.h:
sys/abi/calls_kinds.def:
sys/abi/freebsd64/freebsd64.h:
sys/kern/sysvec.h:
sys/libkern/signal.h:
sys/libkern/stat.h:
sys/arch/amd64/frame.h:
sys/base/arena.h:
sys/base/copy.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
