build-dbg/sys/base/sleep.c.o: sys/base/sleep.c sys/libkern/hidden.h \
 sys/base/clock.h sys/libkern/types.h sys/base/panic.h sys/base/sleep.h \
 sys/base/mtx.h sys/libkern/list.h sys/base/thread.h sys/host/area.h \
 sys/libkern/signal.h sys/host/host.h sys/libkern/stat.h \
 sys/libkern/errno.h
sys/libkern/hidden.h:
sys/base/clock.h:
sys/libkern/types.h:
sys/base/panic.h:
sys/base/sleep.h:
sys/base/mtx.h:
sys/libkern/list.h:
sys/base/thread.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/errno.h:
