build-dbg/sys/init/init_proc.c.o: sys/init/init_proc.c \
 sys/libkern/hidden.h sys/arch/amd64/machdep.h sys/libkern/types.h \
 sys/base/arena.h sys/base/config.h sys/base/thread.h sys/base/mtx.h \
 sys/base/sleep.h sys/libkern/list.h sys/host/area.h sys/libkern/signal.h \
 sys/host/host.h sys/libkern/stat.h sys/init/init.h sys/kern/proc.h \
 sys/base/ucred.h sys/kern/sysvec.h sys/libkern/errno.h sys/libkern/str.h \
 sys/vfs/file.h sys/libkern/fcntl.h sys/vfs/namecache.h sys/vfs/poll.h \
 sys/vm/vm.h
sys/libkern/hidden.h:
sys/arch/amd64/machdep.h:
sys/libkern/types.h:
sys/base/arena.h:
sys/base/config.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/init/init.h:
sys/kern/proc.h:
sys/base/ucred.h:
sys/kern/sysvec.h:
sys/libkern/errno.h:
sys/libkern/str.h:
sys/vfs/file.h:
sys/libkern/fcntl.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/vm/vm.h:
