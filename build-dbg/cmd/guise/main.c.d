build-dbg/cmd/guise/main.c.o: cmd/guise/main.c cmd/guise/guise.h \
 lib/jail/error.h lib/jail/jail.h sys/libkern/types.h
cmd/guise/guise.h:
lib/jail/error.h:
lib/jail/jail.h:
sys/libkern/types.h:
