build-dbg/lib/jail/confine.c.o: lib/jail/confine.c lib/jail/internal.h \
 sys/base/arena.h sys/libkern/types.h sys/base/config.h lib/jail/error.h \
 lib/jail/jail.h lib/jail/kernimg.h build-dbg/gen/hostcalls.inc
lib/jail/internal.h:
sys/base/arena.h:
sys/libkern/types.h:
sys/base/config.h:
lib/jail/error.h:
lib/jail/jail.h:
lib/jail/kernimg.h:
build-dbg/gen/hostcalls.inc:
