build-dbg/sys/abi/linux64/linux64_sysvec.c.o: \
 sys/abi/linux64/linux64_sysvec.c sys/libkern/hidden.h sys/abi/calls.h \
 sys/libkern/types.h sys/abi/calls_kinds.def sys/abi/linux64/linux64.h \
 sys/kern/sysvec.h sys/libkern/signal.h sys/base/arena.h \
 sys/libkern/str.h
sys/libkern/hidden.h:
sys/abi/calls.h:
sys/libkern/types.h:
sys/abi/calls_kinds.def:
sys/abi/linux64/linux64.h:
sys/kern/sysvec.h:
sys/libkern/signal.h:
sys/base/arena.h:
sys/libkern/str.h:
