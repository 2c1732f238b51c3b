build-dbg/sys/vfs/uio.c.o: sys/vfs/uio.c sys/libkern/hidden.h sys/vfs/uio.h \
 sys/host/host.h sys/libkern/stat.h sys/libkern/types.h sys/base/copy.h \
 sys/base/kmem.h sys/libkern/errno.h sys/libkern/str.h
sys/libkern/hidden.h:
sys/vfs/uio.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/types.h:
sys/base/copy.h:
sys/base/kmem.h:
sys/libkern/errno.h:
sys/libkern/str.h:
