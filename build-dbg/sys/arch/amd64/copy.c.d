build-dbg/sys/arch/amd64/copy.c.o: sys/arch/amd64/copy.c sys/libkern/hidden.h \
 sys/base/arena.h sys/libkern/types.h sys/base/copy.h sys/libkern/errno.h
sys/libkern/hidden.h:
sys/base/arena.h:
sys/libkern/types.h:
sys/base/copy.h:
sys/libkern/errno.h:
