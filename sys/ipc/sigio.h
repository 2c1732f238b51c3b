/*
 * sigio.h: signals for files that became ready (fcntl(2): O_ASYNC, F_SETOWN).
 *
 * An object keeps a list of its files that have O_ASYNC set (f_alink), guarded
 * by a lock of its own, and fires it where it wakes pollers, with no lock held.
 */
#ifndef IPC_SIGIO_H
#define IPC_SIGIO_H

#include "libkern/list.h"

struct file;
struct mtx;

/* fo_setfl and fo_close: on or off the list. */
void	sigio_set(struct list *head, struct mtx *m, struct file *fp, bool on);
/* POLL_IN 1, POLL_OUT 2, POLL_HUP 6. */
#define	SIGIO_IN	1
#define	SIGIO_OUT	2
#define	SIGIO_HUP	6
void	sigio_send(struct list *head, struct mtx *m, int code);
static inline void
sigio_fire(struct list *head, struct mtx *m, int code)
{
	if (__builtin_expect(!list_empty(head), 0))
		sigio_send(head, m, code);
}

#endif
