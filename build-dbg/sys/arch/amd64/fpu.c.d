build-dbg/sys/arch/amd64/fpu.c.o: sys/arch/amd64/fpu.c \
 sys/libkern/hidden.h sys/arch/amd64/arch.h sys/arch/amd64/frame.h \
 sys/libkern/types.h sys/base/copy.h sys/base/thread.h sys/base/mtx.h \
 sys/base/sleep.h sys/libkern/list.h sys/host/area.h sys/libkern/signal.h \
 sys/host/sigctx.h sys/libkern/errno.h sys/libkern/str.h
sys/libkern/hidden.h:
sys/arch/amd64/arch.h:
sys/arch/amd64/frame.h:
sys/libkern/types.h:
sys/base/copy.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/host/sigctx.h:
sys/libkern/errno.h:
sys/libkern/str.h:
