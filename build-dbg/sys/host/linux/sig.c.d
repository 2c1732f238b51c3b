build-dbg/sys/host/linux/sig.c.o: sys/host/linux/sig.c sys/libkern/hidden.h \
 sys/host/area.h sys/libkern/types.h sys/host/host.h sys/libkern/stat.h \
 sys/host/linux/hostcall.h sys/host/sigctx.h sys/libkern/signal.h
sys/libkern/hidden.h:
sys/host/area.h:
sys/libkern/types.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/host/linux/hostcall.h:
sys/host/sigctx.h:
sys/libkern/signal.h:
