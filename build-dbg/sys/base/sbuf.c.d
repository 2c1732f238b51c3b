build-dbg/sys/base/sbuf.c.o: sys/base/sbuf.c sys/libkern/hidden.h \
 sys/base/sbuf.h sys/libkern/types.h sys/base/kmem.h sys/libkern/errno.h \
 sys/libkern/str.h
sys/libkern/hidden.h:
sys/base/sbuf.h:
sys/libkern/types.h:
sys/base/kmem.h:
sys/libkern/errno.h:
sys/libkern/str.h:
