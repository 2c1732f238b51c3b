build-dbg/sys/abi/freebsd64/freebsd64_const.c.o: \
 sys/abi/freebsd64/freebsd64_const.c sys/libkern/hidden.h \
 sys/abi/freebsd64/freebsd64.h sys/kern/sysvec.h sys/libkern/signal.h \
 sys/libkern/types.h sys/libkern/stat.h sys/libkern/errno.h \
 sys/libkern/fcntl.h sys/libkern/mman.h sys/libkern/str.h \
 sys/abi/const/errno.def sys/abi/const/signal.def \
 sys/abi/const/openflags.def sys/abi/const/mmapflags.def \
 sys/abi/const/atflags.def sys/abi/const/saflags.def
sys/libkern/hidden.h:
sys/abi/freebsd64/freebsd64.h:
sys/kern/sysvec.h:
sys/libkern/signal.h:
sys/libkern/types.h:
sys/libkern/stat.h:
sys/libkern/errno.h:
sys/libkern/fcntl.h:
sys/libkern/mman.h:
sys/libkern/str.h:
sys/abi/const/errno.def:
sys/abi/const/signal.def:
sys/abi/const/openflags.def:
sys/abi/const/mmapflags.def:
sys/abi/const/atflags.def:
sys/abi/const/saflags.def:
