build-dbg/sys/host/linux/vdso.c.o: sys/host/linux/vdso.c sys/libkern/hidden.h \
 sys/host/host.h sys/libkern/stat.h sys/libkern/types.h \
 sys/host/linux/hostcall.h sys/host/sigctx.h sys/libkern/signal.h \
 sys/libkern/str.h
sys/libkern/hidden.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/types.h:
sys/host/linux/hostcall.h:
sys/host/sigctx.h:
sys/libkern/signal.h:
sys/libkern/str.h:
