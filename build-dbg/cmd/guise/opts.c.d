build-dbg/cmd/guise/opts.c.o: cmd/guise/opts.c cmd/guise/guise.h \
 lib/jail/error.h lib/jail/jail.h sys/base/arena.h sys/libkern/types.h
cmd/guise/guise.h:
lib/jail/error.h:
lib/jail/jail.h:
sys/base/arena.h:
sys/libkern/types.h:
