build-dbg/sys/vm/vm_advise.c.o: sys/vm/vm_advise.c \
 sys/libkern/hidden.h sys/base/arena.h sys/libkern/types.h \
 sys/base/copy.h sys/base/kmem.h sys/host/host.h sys/libkern/stat.h \
 sys/libkern/errno.h sys/libkern/mman.h sys/vm/vm_internal.h sys/vm/vm.h \
 sys/base/mtx.h sys/libkern/list.h
sys/libkern/hidden.h:
sys/base/arena.h:
sys/libkern/types.h:
sys/base/copy.h:
sys/base/kmem.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/errno.h:
sys/libkern/mman.h:
sys/vm/vm_internal.h:
sys/vm/vm.h:
sys/base/mtx.h:
sys/libkern/list.h:
