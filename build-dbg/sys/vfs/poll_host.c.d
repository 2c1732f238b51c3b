build-dbg/sys/vfs/poll_host.c.o: sys/vfs/poll_host.c \
 sys/libkern/hidden.h sys/base/thread.h sys/base/mtx.h \
 sys/libkern/types.h sys/base/sleep.h sys/libkern/list.h sys/host/area.h \
 sys/libkern/signal.h sys/host/host.h sys/libkern/stat.h \
 sys/libkern/errno.h sys/vfs/poll.h
sys/libkern/hidden.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/libkern/types.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/libkern/signal.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/errno.h:
sys/vfs/poll.h:
