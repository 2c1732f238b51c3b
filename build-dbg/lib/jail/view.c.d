build-dbg/lib/jail/view.c.o: lib/jail/view.c lib/jail/internal.h \
 sys/base/arena.h sys/libkern/types.h sys/base/config.h lib/jail/error.h \
 lib/jail/jail.h lib/jail/kernimg.h sys/host/sigctx.h \
 sys/libkern/signal.h sys/kern/proc.h sys/base/sleep.h sys/base/mtx.h \
 sys/libkern/list.h sys/base/thread.h sys/host/area.h sys/base/ucred.h \
 sys/host/host.h sys/libkern/stat.h
lib/jail/internal.h:
sys/base/arena.h:
sys/libkern/types.h:
sys/base/config.h:
lib/jail/error.h:
lib/jail/jail.h:
lib/jail/kernimg.h:
sys/host/sigctx.h:
sys/libkern/signal.h:
sys/kern/proc.h:
sys/base/sleep.h:
sys/base/mtx.h:
sys/libkern/list.h:
sys/base/thread.h:
sys/host/area.h:
sys/base/ucred.h:
sys/host/host.h:
sys/libkern/stat.h:
