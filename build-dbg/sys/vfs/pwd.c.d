build-dbg/sys/vfs/pwd.c.o: sys/vfs/pwd.c sys/libkern/hidden.h \
 sys/base/kmem.h sys/libkern/types.h sys/libkern/errno.h sys/vfs/namei.h \
 sys/libkern/fcntl.h sys/vfs/namecache.h sys/base/mtx.h \
 sys/libkern/list.h
sys/libkern/hidden.h:
sys/base/kmem.h:
sys/libkern/types.h:
sys/libkern/errno.h:
sys/vfs/namei.h:
sys/libkern/fcntl.h:
sys/vfs/namecache.h:
sys/base/mtx.h:
sys/libkern/list.h:
