build-dbg/lib/jail/hostfacts.c.o: lib/jail/hostfacts.c lib/jail/internal.h \
 sys/base/arena.h sys/libkern/types.h sys/base/config.h lib/jail/error.h \
 lib/jail/jail.h lib/jail/kernimg.h
lib/jail/internal.h:
sys/base/arena.h:
sys/libkern/types.h:
sys/base/config.h:
lib/jail/error.h:
lib/jail/jail.h:
lib/jail/kernimg.h:
