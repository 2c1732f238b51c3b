build-dbg/lib/jail/error.c.o: lib/jail/error.c lib/jail/error.h
lib/jail/error.h:
