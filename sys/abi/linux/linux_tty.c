/* linux_tty.c: the edge of terminals; their ioctls are in kern/tty*.c. */
#include "abi/syscalls.h"
#include "kern/tty.h"

long
sys_vhangup(struct thread *td)
{
	return (kern_vhangup(td));
}
