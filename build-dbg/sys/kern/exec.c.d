build-dbg/sys/kern/exec.c.o: sys/kern/exec.c sys/libkern/hidden.h \
 sys/arch/amd64/arch.h sys/arch/amd64/frame.h sys/libkern/types.h \
 sys/base/kmem.h sys/base/thread.h sys/base/mtx.h sys/base/sleep.h \
 sys/libkern/list.h sys/host/area.h sys/libkern/signal.h sys/host/host.h \
 sys/libkern/stat.h sys/kern/exec.h sys/kern/proc.h sys/base/arena.h \
 sys/base/ucred.h sys/kern/sig.h sys/kern/sysvec.h sys/libkern/errno.h \
 sys/libkern/mman.h sys/libkern/str.h sys/vfs/file.h sys/libkern/fcntl.h \
 sys/vfs/namecache.h sys/vfs/poll.h sys/vm/vm.h sys/vfs/namei.h \
 sys/vfs/vnode.h
sys/libkern/hidden.h:
sys/arch/amd64/arch.h:
sys/arch/amd64/frame.h:
sys/libkern/types.h:
sys/base/kmem.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/kern/exec.h:
sys/kern/proc.h:
sys/base/arena.h:
sys/base/ucred.h:
sys/kern/sig.h:
sys/kern/sysvec.h:
sys/libkern/errno.h:
sys/libkern/mman.h:
sys/libkern/str.h:
sys/vfs/file.h:
sys/libkern/fcntl.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/vm/vm.h:
sys/vfs/namei.h:
sys/vfs/vnode.h:
