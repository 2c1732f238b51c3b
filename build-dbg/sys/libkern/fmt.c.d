build-dbg/sys/libkern/fmt.c.o: sys/libkern/fmt.c sys/libkern/hidden.h \
 sys/libkern/str.h sys/libkern/types.h
sys/libkern/hidden.h:
sys/libkern/str.h:
sys/libkern/types.h:
