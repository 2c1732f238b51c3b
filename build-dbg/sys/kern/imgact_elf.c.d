build-dbg/sys/kern/imgact_elf.c.o: sys/kern/imgact_elf.c \
 sys/libkern/hidden.h sys/base/arena.h sys/libkern/types.h \
 sys/base/copy.h sys/base/kmem.h sys/base/thread.h sys/base/mtx.h \
 sys/base/sleep.h sys/libkern/list.h sys/host/area.h sys/libkern/signal.h \
 sys/kern/elf.h sys/kern/exec.h sys/kern/sysvec.h sys/libkern/errno.h \
 sys/libkern/fcntl.h sys/libkern/mman.h sys/libkern/str.h sys/vfs/file.h \
 sys/libkern/stat.h sys/vfs/namecache.h sys/vfs/poll.h sys/vm/vm.h
sys/libkern/hidden.h:
sys/base/arena.h:
sys/libkern/types.h:
sys/base/copy.h:
sys/base/kmem.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/kern/elf.h:
sys/kern/exec.h:
sys/kern/sysvec.h:
sys/libkern/errno.h:
sys/libkern/fcntl.h:
sys/libkern/mman.h:
sys/libkern/str.h:
sys/vfs/file.h:
sys/libkern/stat.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/vm/vm.h:
