build-dbg/sys/abi/freebsd64/freebsd64_stack.c.o: \
 sys/abi/freebsd64/freebsd64_stack.c sys/libkern/hidden.h \
 sys/abi/freebsd64/freebsd64.h sys/kern/sysvec.h sys/libkern/signal.h \
 sys/libkern/types.h sys/libkern/stat.h sys/arch/amd64/frame.h \
 sys/base/config.h sys/base/copy.h sys/base/kmem.h sys/base/thread.h \
 sys/base/mtx.h sys/base/sleep.h sys/libkern/list.h sys/host/area.h \
 sys/host/host.h sys/kern/elf.h sys/kern/exec.h sys/kern/proc.h \
 sys/base/arena.h sys/base/ucred.h sys/libkern/errno.h sys/libkern/mman.h \
 sys/libkern/str.h sys/vm/vm.h
sys/libkern/hidden.h:
sys/abi/freebsd64/freebsd64.h:
sys/kern/sysvec.h:
sys/libkern/signal.h:
sys/libkern/types.h:
sys/libkern/stat.h:
sys/arch/amd64/frame.h:
sys/base/config.h:
sys/base/copy.h:
sys/base/kmem.h:
sys/base/thread.h:
sys/base/mtx.h:
sys/base/sleep.h:
sys/libkern/list.h:
sys/host/area.h:
sys/host/host.h:
sys/kern/elf.h:
sys/kern/exec.h:
sys/kern/proc.h:
sys/base/arena.h:
sys/base/ucred.h:
sys/libkern/errno.h:
sys/libkern/mman.h:
sys/libkern/str.h:
sys/vm/vm.h:
