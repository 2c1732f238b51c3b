build-dbg/sys/fs/sysfs/sysfs.c.o: sys/fs/sysfs/sysfs.c \
 sys/libkern/hidden.h sys/fs/sysfs/sysfs_var.h sys/fs/pseudofs/pseudofs.h \
 sys/base/sbuf.h sys/libkern/types.h sys/libkern/fcntl.h \
 sys/libkern/stat.h sys/vfs/namecache.h sys/base/mtx.h sys/libkern/list.h \
 sys/fs/sysfs/sysfs.h sys/libkern/errno.h
sys/libkern/hidden.h:
sys/fs/sysfs/sysfs_var.h:
sys/fs/pseudofs/pseudofs.h:
sys/base/sbuf.h:
sys/libkern/types.h:
sys/libkern/fcntl.h:
sys/libkern/stat.h:
sys/vfs/namecache.h:
sys/base/mtx.h:
sys/libkern/list.h:
sys/fs/sysfs/sysfs.h:
sys/libkern/errno.h:
