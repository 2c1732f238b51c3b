build-dbg/sys/kern/sysvec.c.o: sys/kern/sysvec.c sys/libkern/hidden.h \
 sys/base/arena.h sys/libkern/types.h sys/base/config.h sys/base/kmem.h \
 sys/kern/sysvec.h sys/libkern/signal.h sys/libkern/errno.h \
 sys/libkern/str.h
sys/libkern/hidden.h:
sys/base/arena.h:
sys/libkern/types.h:
sys/base/config.h:
sys/base/kmem.h:
sys/kern/sysvec.h:
sys/libkern/signal.h:
sys/libkern/errno.h:
sys/libkern/str.h:
