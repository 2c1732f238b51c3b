build-dbg/sys/vm/vm_map.c.o: sys/vm/vm_map.c sys/libkern/hidden.h \
 sys/libkern/mman.h sys/vm/vm_internal.h sys/vm/vm.h sys/base/mtx.h \
 sys/libkern/types.h sys/libkern/list.h
sys/libkern/hidden.h:
sys/libkern/mman.h:
sys/vm/vm_internal.h:
sys/vm/vm.h:
sys/base/mtx.h:
sys/libkern/types.h:
sys/libkern/list.h:
