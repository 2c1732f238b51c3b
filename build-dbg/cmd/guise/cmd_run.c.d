build-dbg/cmd/guise/cmd_run.c.o: cmd/guise/cmd_run.c \
 cmd/guise/guise.h lib/jail/error.h lib/jail/jail.h
cmd/guise/guise.h:
lib/jail/error.h:
lib/jail/jail.h:
