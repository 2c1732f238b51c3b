build-dbg/sys/base/ucred.c.o: sys/base/ucred.c sys/libkern/hidden.h \
 sys/base/kmem.h sys/libkern/types.h sys/base/ucred.h sys/base/mtx.h \
 sys/libkern/errno.h sys/libkern/fcntl.h sys/libkern/str.h
sys/libkern/hidden.h:
sys/base/kmem.h:
sys/libkern/types.h:
sys/base/ucred.h:
sys/base/mtx.h:
sys/libkern/errno.h:
sys/libkern/fcntl.h:
sys/libkern/str.h:
