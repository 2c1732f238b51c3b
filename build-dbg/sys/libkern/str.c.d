build-dbg/sys/libkern/str.c.o: sys/libkern/str.c sys/libkern/hidden.h \
 sys/libkern/errno.h sys/libkern/str.h sys/libkern/types.h
sys/libkern/hidden.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/libkern/types.h:
