build-dbg/lib/jail/start.c.o: lib/jail/start.c lib/jail/internal.h \
 sys/base/arena.h sys/libkern/types.h sys/base/config.h lib/jail/error.h \
 lib/jail/jail.h lib/jail/kernimg.h
lib/jail/internal.h:
sys/base/arena.h:
sys/libkern/types.h:
sys/base/config.h:
lib/jail/error.h:
lib/jail/jail.h:
lib/jail/kernimg.h:
