build-dbg/sys/base/kmem.c.o: sys/base/kmem.c sys/libkern/hidden.h \
 sys/base/arena.h sys/libkern/types.h sys/base/kmem.h sys/base/mtx.h \
 sys/base/panic.h sys/host/host.h sys/libkern/stat.h sys/libkern/list.h \
 sys/libkern/mman.h sys/libkern/str.h
sys/libkern/hidden.h:
sys/base/arena.h:
sys/libkern/types.h:
sys/base/kmem.h:
sys/base/mtx.h:
sys/base/panic.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/list.h:
sys/libkern/mman.h:
sys/libkern/str.h:
