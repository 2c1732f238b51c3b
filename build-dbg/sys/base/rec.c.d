build-dbg/sys/base/rec.c.o: sys/base/rec.c sys/libkern/hidden.h \
 sys/base/kmem.h sys/libkern/types.h sys/base/rec.h sys/libkern/str.h
sys/libkern/hidden.h:
sys/base/kmem.h:
sys/libkern/types.h:
sys/base/rec.h:
sys/libkern/str.h:
