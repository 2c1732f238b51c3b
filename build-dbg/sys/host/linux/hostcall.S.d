build-dbg/sys/host/linux/hostcall.S.o: sys/host/linux/hostcall.S \
 sys/libkern/hidden.h
sys/libkern/hidden.h:
