build-dbg/sys/base/arena.c.o: sys/base/arena.c sys/libkern/hidden.h \
 sys/base/arena.h sys/libkern/types.h sys/base/config.h
sys/libkern/hidden.h:
sys/base/arena.h:
sys/libkern/types.h:
sys/base/config.h:
