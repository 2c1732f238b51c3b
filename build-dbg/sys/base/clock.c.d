build-dbg/sys/base/clock.c.o: sys/base/clock.c sys/libkern/hidden.h \
 sys/base/arena.h sys/libkern/types.h sys/base/clock.h sys/host/host.h \
 sys/libkern/stat.h
sys/libkern/hidden.h:
sys/base/arena.h:
sys/libkern/types.h:
sys/base/clock.h:
sys/host/host.h:
sys/libkern/stat.h:
