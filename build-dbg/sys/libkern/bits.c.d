build-dbg/sys/libkern/bits.c.o: sys/libkern/bits.c sys/libkern/hidden.h \
 sys/libkern/types.h
sys/libkern/hidden.h:
sys/libkern/types.h:
