/*
 * kmem.h: memory of the arena.
 *
 * Pages come from a bounded buddy allocator; small objects from size-class
 * slabs in pages.  Freed runs of pages go back to the host.  All functions may
 * be called with any lock held except those of rank RANK_KMEM or below, and
 * none of them sleeps on anything but its own short locks.  All memory comes
 * back zeroed unless KM_NOZERO is given.  NULL = the jail's memory limit is
 * reached (callers return -ENOMEM).
 */
#ifndef BASE_KMEM_H
#define BASE_KMEM_H

#include "libkern/types.h"

#define	KM_NOZERO	1

void	kmem_init(uaddr_t start, size_t size);
/* The jail makes many processes: make the hot pages cheap to come by. */
void	kmem_gather(void);

void	*kmalloc(size_t size, int flags);	/* 16-byte aligned */
void	 kfree(void *p);			/* NULL is allowed */
void	*krealloc(void *p, size_t old, size_t size);
char	*kstrdup(const char *s);
char	*kstrndup(const char *s, size_t n);
size_t	 kmem_usable(const void *p);

/* npages contiguous pages; rounded up to a power of two inside. */
void	*kpages_alloc(size_t npages, int flags);
void	 kpages_free(void *p, size_t npages);

struct kmem_stat {
	uint64_t limit;		/* bytes */
	uint64_t used;		/* bytes in use by pages */
	uint64_t slab;		/* of these, in slabs */
};
void	 kmem_stat(struct kmem_stat *ks);

#define	KNEW(type)	((type *)kmalloc(sizeof(type), 0))

#endif
