build-dbg/sys/init/init.c.o: sys/init/init.c sys/libkern/hidden.h \
 sys/arch/amd64/arch.h sys/arch/amd64/frame.h sys/libkern/types.h \
 sys/arch/amd64/machdep.h sys/base/arena.h sys/base/clock.h \
 sys/base/config.h sys/base/kmem.h sys/base/panic.h sys/base/rec.h \
 sys/base/thread.h sys/base/mtx.h sys/base/sleep.h sys/libkern/list.h \
 sys/host/area.h sys/libkern/signal.h sys/host/host.h sys/libkern/stat.h \
 sys/host/sigctx.h sys/init/init.h sys/kern/proc.h sys/base/ucred.h \
 sys/kern/sysvec.h sys/libkern/errno.h sys/libkern/mman.h \
 sys/libkern/str.h sys/vm/vm.h
sys/libkern/hidden.h:
sys/arch/amd64/arch.h:
sys/arch/amd64/frame.h:
sys/libkern/types.h:
sys/arch/amd64/machdep.h:
sys/base/arena.h:
sys/base/clock.h:
sys/base/config.h:
sys/base/kmem.h:
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
sys/host/sigctx.h:
sys/init/init.h:
sys/kern/proc.h:
sys/base/ucred.h:
sys/kern/sysvec.h:
sys/libkern/errno.h:
sys/libkern/mman.h:
sys/libkern/str.h:
sys/vm/vm.h:
