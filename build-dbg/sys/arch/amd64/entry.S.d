build-dbg/sys/arch/amd64/entry.S.o: sys/arch/amd64/entry.S \
 sys/libkern/hidden.h
sys/libkern/hidden.h:
