build-dbg/sys/base/mtx.c.o: sys/base/mtx.c sys/libkern/hidden.h \
 sys/base/mtx.h sys/libkern/types.h sys/base/panic.h sys/base/thread.h \
 sys/base/sleep.h sys/libkern/list.h sys/host/area.h sys/libkern/signal.h \
 sys/host/host.h sys/libkern/stat.h
sys/libkern/hidden.h:
sys/base/mtx.h:
sys/libkern/types.h:
sys/base/panic.h:
sys/base/thread.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/host/host.h:
sys/libkern/stat.h:
