build-dbg/sys/host/linux/sock.c.o: sys/host/linux/sock.c sys/libkern/hidden.h \
 sys/host/host.h sys/libkern/stat.h sys/libkern/types.h \
 sys/host/linux/hostcall.h
sys/libkern/hidden.h:
sys/host/host.h:
sys/libkern/stat.h:
sys/libkern/types.h:
sys/host/linux/hostcall.h:
