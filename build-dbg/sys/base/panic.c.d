build-dbg/sys/base/panic.c.o: sys/base/panic.c sys/libkern/hidden.h \
 sys/base/arena.h sys/libkern/types.h sys/base/panic.h sys/base/rec.h \
 sys/base/thread.h sys/base/mtx.h sys/base/sleep.h sys/libkern/list.h \
 sys/host/area.h sys/libkern/signal.h sys/host/host.h sys/libkern/stat.h \
 sys/libkern/str.h
sys/libkern/hidden.h:
sys/base/arena.h:
sys/libkern/types.h:
sys/base/panic.h:
sys/base/rec.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/str.h:
