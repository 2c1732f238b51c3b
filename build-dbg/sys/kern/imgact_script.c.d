build-dbg/sys/kern/imgact_script.c.o: sys/kern/imgact_script.c \
 sys/libkern/hidden.h sys/kern/exec.h sys/libkern/types.h \
 sys/libkern/errno.h sys/libkern/fcntl.h sys/libkern/str.h sys/vfs/file.h \
 sys/base/arena.h sys/base/mtx.h sys/libkern/list.h sys/libkern/stat.h \
 sys/vfs/namecache.h sys/vfs/poll.h sys/base/sleep.h sys/vm/vm.h
sys/libkern/hidden.h:
sys/kern/exec.h:
sys/libkern/types.h:
sys/libkern/errno.h:
sys/libkern/fcntl.h:
sys/libkern/str.h:
sys/vfs/file.h:
sys/base/arena.h:
sys/base/mtx.h:
sys/libkern/list.h:
sys/libkern/stat.h:
sys/vfs/namecache.h:
sys/vfs/poll.h:
sys/base/sleep.h:
sys/vm/vm.h:
