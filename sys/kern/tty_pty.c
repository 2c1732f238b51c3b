/* tty_pty.c: pseudo-terminals (pty(7)). Not there yet: no ptmx. */
#include "kern/tty_var.h"

#include "libkern/errno.h"

int
ptmx_open(struct file *fp, int flags)
{
	return (-ENXIO);
}

int
pts_open(struct tty *tp, struct file *fp, int flags)
{
	return (-EIO);
}
