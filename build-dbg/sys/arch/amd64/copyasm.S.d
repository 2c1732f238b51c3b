build-dbg/sys/arch/amd64/copyasm.S.o: sys/arch/amd64/copyasm.S \
 sys/libkern/hidden.h
sys/libkern/hidden.h:
