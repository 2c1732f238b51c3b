build-dbg/sys/fs/procfs/proc_net.c.o: sys/fs/procfs/proc_net.c \
 sys/libkern/hidden.h sys/fs/procfs/procfs_var.h \
 sys/fs/pseudofs/pseudofs.h sys/base/sbuf.h sys/libkern/types.h \
 sys/libkern/fcntl.h sys/libkern/stat.h sys/vfs/namecache.h \
 sys/base/mtx.h sys/libkern/list.h sys/fs/procfs/procfs.h
sys/libkern/hidden.h:
sys/fs/procfs/procfs_var.h:
sys/fs/pseudofs/pseudofs.h:
sys/base/sbuf.h:
sys/libkern/types.h:
sys/libkern/fcntl.h:
sys/libkern/stat.h:
sys/vfs/namecache.h:
sys/base/mtx.h:
sys/libkern/list.h:
sys/fs/procfs/procfs.h:
