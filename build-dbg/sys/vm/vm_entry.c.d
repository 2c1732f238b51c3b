build-dbg/sys/vm/vm_entry.c.o: sys/vm/vm_entry.c sys/libkern/hidden.h \
 sys/base/kmem.h sys/libkern/types.h sys/base/thread.h sys/base/mtx.h \
 sys/base/sleep.h sys/libkern/list.h sys/host/area.h sys/libkern/signal.h \
 sys/host/host.h sys/libkern/stat.h sys/libkern/errno.h \
 sys/libkern/mman.h sys/libkern/str.h sys/vm/vm_internal.h sys/vm/vm.h
sys/libkern/hidden.h:
sys/base/kmem.h:
sys/libkern/types.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/errno.h:
sys/libkern/mman.h:
sys/libkern/str.h:
sys/vm/vm_internal.h:
sys/vm/vm.h:
