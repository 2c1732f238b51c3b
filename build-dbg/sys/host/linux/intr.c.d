build-dbg/sys/host/linux/intr.c.o: sys/host/linux/intr.c sys/libkern/hidden.h \
 sys/host/area.h sys/libkern/types.h sys/host/host.h sys/libkern/stat.h \
 sys/host/linux/hostcall.h
sys/libkern/hidden.h:
sys/host/area.h:
sys/libkern/types.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/host/linux/hostcall.h:
