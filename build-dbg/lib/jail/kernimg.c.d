build-dbg/lib/jail/kernimg.c.o: lib/jail/kernimg.c lib/jail/kernimg.h \
 lib/jail/error.h sys/base/arena.h sys/libkern/types.h
lib/jail/kernimg.h:
lib/jail/error.h:
sys/base/arena.h:
sys/libkern/types.h:
