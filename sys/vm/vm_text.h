/*
 * vm_text.h: private to vm/: patched text (base/textcache.h).  vm_text.c finds
 * it, vm_textmap.c maps it.
 */
#ifndef VM_VM_TEXT_H
#define VM_VM_TEXT_H

#include "base/textcache.h"
#include "vm/vm_internal.h"

/* te_kern: a cache file's head and table, checked. */
struct vm_textimg {
	struct tc_head	ti_head;
	struct tc_pc	ti_pc[];
};

/*
 * The patched text of o, with a use for the caller (vm_text_put), or NULL.
 * text: the mapping is executable; else it may be the first of a library, and
 * the file is looked at.  *later: it may come.  No lock may be held.
 */
struct tc_entry *vm_text_get(struct vm_object *o, bool text, bool *later);
bool	vm_text_builder(void);		/* somebody answers wishes */
/* Space for trampolines that are yet to come. */
#define	TEXT_ROOM	(16 * KPAGE_SIZE)


static inline const struct vm_textimg *
te_img(const struct tc_entry *te)
{
	return (te->te_kern);
}

/* --- vm_textmap.c; vm_lock held --- */
/* May a mapping like this be, or begin, patched text? */
bool	vm_text_likely(const struct vmspace *vm, const struct vm_object *o,
	    int prot, int flags, uint64_t off);
/* Bytes that an image with its trampolines needs from its base on. */
size_t	vm_text_span(const struct tc_entry *te);
/* The piece that is all of [off, off + len) at addr, its trampolines in place;
 * or NULL. */
const struct tc_seg *vm_text_direct(struct vmspace *vm, struct tc_entry *te,
	    uaddr_t addr, size_t len, uint64_t off);
/* e is the first mapping of an image of te, at its base: put the trampolines
 * behind it while there is room. */
void	vm_text_reserve(struct vmspace *vm, const struct vm_entry *e,
	    struct tc_entry *te);
/* e is patched text now. */
void	vm_text_use(struct vmspace *vm, struct vm_entry *e,
	    struct tc_entry *te);
/* Put the patched pieces over what e maps. */
void	vm_text_overlay(struct vmspace *vm, struct vm_entry *e,
	    struct tc_entry *te);
/* e and the rest of its image get the file's own bytes back.  The trampolines
 * stay for who is in them. */
void	vm_text_restore(struct vmspace *vm, struct vm_entry *e);
/* Room for a mapping that the guest insists on: trampolines in the way go.
 * 0 or -ENOMEM. */
int	vm_text_evict(struct vmspace *vm, uaddr_t start, uaddr_t end);
/* Does start lie in trampolines?  *end, at most where it was, becomes the next
 * place where the answer changes. */
bool	vm_text_hole(struct vmspace *vm, uaddr_t start, uaddr_t *end);
/* [start, end) was unmapped: so are the trampolines of images that are gone. */
void	vm_text_sweep(struct vmspace *vm, uaddr_t start, uaddr_t end);

#endif
