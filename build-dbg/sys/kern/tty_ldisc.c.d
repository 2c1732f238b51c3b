build-dbg/sys/kern/tty_ldisc.c.o: sys/kern/tty_ldisc.c \
 sys/libkern/hidden.h sys/kern/tty_var.h sys/base/mtx.h \
 sys/libkern/types.h sys/base/sleep.h sys/libkern/list.h sys/kern/tty.h \
 sys/libkern/signal.h sys/libkern/str.h
sys/libkern/hidden.h:
sys/kern/tty_var.h:
sys/base/mtx.h:
sys/libkern/types.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/kern/tty.h:
sys/libkern/signal.h:
sys/libkern/str.h:
