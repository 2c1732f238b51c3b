build-dbg/cmd/guise/cmd_try.c.o: cmd/guise/cmd_try.c \
 cmd/guise/guise.h lib/jail/error.h lib/jail/jail.h
cmd/guise/guise.h:
lib/jail/error.h:
lib/jail/jail.h:
