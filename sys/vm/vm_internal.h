/*
 * vm_internal.h: what the files of vm/ share.
 *
 * The map of a vmspace is an AVL tree of struct vm_entry ordered by address,
 * threaded by a list.  Each node knows the largest free gap below any entry of
 * its subtree, so a free place is found in logarithmic time.
 *
 * Rules: everything in struct vmspace and its entries is protected by vm_lock,
 * unless said otherwise.  Memory that a change of the map needs is allocated
 * before the host call that realises the change, so that after the host's yes
 * nothing can fail.
 *
 * Lock order: vm_lock (RANK_VM) > whatever the objects lock.
 */
#ifndef VM_VM_INTERNAL_H
#define VM_VM_INTERNAL_H

#include "vm/vm.h"

/* A guest's name of an anonymous range: shared by the pieces of a split. */
struct vm_name {
	refcount_t	vn_ref;
	char		vn_text[];
};

struct vm_entry {
	struct vm_entry	*e_left, *e_right;	/* tree */
	struct vm_entry	*e_prev, *e_next;	/* list, by address */
	uint64_t	e_maxgap;	/* largest gap below one of the subtree */
	uaddr_t		e_start, e_end;
	struct vm_object *e_obj;	/* referenced, or NULL: anonymous */
	uint64_t	e_off;		/* of e_start in e_obj */
	struct vm_name	*e_name;	/* referenced, or NULL */
	struct tc_entry	*e_text;	/* used, or NULL: patched pieces lie
					   over the object; VME_HIDDEN: the
					   trampolines of the image at e_off */
	struct vm_entry	*e_tramp;	/* these: the next such */
	int32_t		e_flags;	/* VME_MAPFLAGS of mmap(2) */
	uint8_t		e_prot, e_maxprot;
	uint8_t		e_height;
	uint8_t		e_adv;		/* VME_* */
	bool		e_dirty;	/* could be written: not as its file */
};
#define	VME_DONTFORK	1
#define	VME_WIPEONFORK	2
#define	VME_LOCKED	4
#define	VME_DONTDUMP	8
#define	VME_HIDDEN	16	/* the kernel's own: not shown to guests */
#define	VME_MAPFLAGS	(MAP_TYPE | MAP_GROWSDOWN | MAP_NORESERVE | \
			    MAP_HUGETLB | (0x3f << 26))

struct tc_entry;
struct vm_patch;

struct vmspace {
	refcount_t	vm_ref;		/* (atomic) */
	struct mtx	vm_lock;
	struct vm_entry	*vm_tree;
	struct vm_entry	*vm_first, *vm_last;
	uint32_t	vm_count;
	uint32_t	vm_ngrow;	/* entries that grow down */
	uint64_t	vm_size, vm_peak; /* bytes */
	uint64_t	vm_locked;
	uaddr_t		vm_brkstart, vm_brk;
	uaddr_t		vm_mmapbase;	/* the kernel chooses below it */
	uaddr_t		vm_stacktop;
	uint64_t	vm_limas, vm_limdata, vm_limmemlock, vm_limstack;
	uint32_t	vm_lockfuture;	/* mlockall(MCL_FUTURE) */
	uint32_t	vm_norandom;	/* ADDR_NO_RANDOMIZE */
	struct vm_usage	vm_use;		/* vu_code .. vu_auxv_len only */
	struct vm_patch	*vm_patch;	/* vm_patch.c, or NULL */
	uint32_t	vm_textok;	/* text may be patched */
	uint64_t	vm_ntraps;	/* (a, roughly) calls that trapped */
	uint32_t	vm_hastext;	/* (a) some entry had e_text */
	struct vm_entry	*vm_tramps;	/* trampolines, by e_tramp */
};

/* The floor's root, in kroot()'s slot. */
struct vm_root {
	uint64_t	vr_seed[4];
	uint64_t	vr_count;	/* (atomic) */
};

/* vm_map.c: the tree */
struct vm_entry *vme_find(struct vmspace *vm, uaddr_t addr);
void	vme_insert(struct vmspace *vm, struct vm_entry *e);
void	vme_append(struct vmspace *vm, struct vm_entry *e);
void	vme_build(struct vmspace *vm);
void	vme_remove(struct vmspace *vm, struct vm_entry *e);
void	vme_resize(struct vmspace *vm, struct vm_entry *e, uaddr_t start,
	    uaddr_t end);
uaddr_t	vme_gap(struct vmspace *vm, uaddr_t lo, uaddr_t hi, size_t len,
	    size_t align);
bool	vme_isfree(struct vmspace *vm, uaddr_t start, uaddr_t end);

/* vm_entry.c: entries and what they hold */
struct vm_entry *vme_alloc(void);
void	vme_free(struct vm_entry *e);	/* drops object and name */
void	vme_notice(struct vm_entry *e, int n);
void	vme_split(struct vmspace *vm, struct vm_entry *e, uaddr_t at,
	    struct vm_entry *tail);
void	vme_clear(struct vmspace *vm, uaddr_t start, uaddr_t end,
	    struct vm_entry **spare);
struct vm_entry *vme_merge(struct vmspace *vm, struct vm_entry *e);
struct vm_entry *vme_isolate(struct vmspace *vm, struct vm_entry *e,
	    uaddr_t start, uaddr_t end, struct vm_entry **spare);
void	vme_copy(struct vm_entry *dst, const struct vm_entry *src);
void	vm_syncgrow(struct vmspace *vm);
void	vm_syncrange(struct vmspace *vm, uaddr_t start, uaddr_t end);
void	vm_namedrop(struct vm_name *n);

/* [a, a+len) lies in guest space: nothing of the window, not too high. */
bool	vm_rangeok(uaddr_t a, size_t len);
/* A free place of len bytes as mmap without MAP_FIXED would choose it, or 0.
 * vm_lock held. */
uaddr_t	vm_place(struct vmspace *vm, uaddr_t hint, size_t len, size_t align,
	    int flags);
long	vm_munmap_locked(struct vmspace *vm, uaddr_t addr, size_t len,
	    struct vm_entry **spare);
int	vm_chklimits(struct vmspace *vm, size_t more, int prot, int flags);
uint64_t vm_random(void);

/* vm_text.c, vm_textmap.c; see vm_text.h */
void	vm_text_put(struct tc_entry *te);	/* NULL is allowed */
/* Trampolines into and out of vm's list of them. */
void	vm_text_link(struct vmspace *vm, struct vm_entry *e);
void	vm_text_unlink(struct vmspace *vm, struct vm_entry *e);
static inline bool
vme_istramp(const struct vm_entry *e)
{
	return (e->e_text != NULL && (e->e_adv & VME_HIDDEN));
}

/* vm_patch.c */
void	vm_patch_free(struct vmspace *vm);
/* Take the patches in [start, end) back; vm_lock held. */
void	vm_patch_undo(struct vmspace *vm, uaddr_t start, uaddr_t end);
void	vm_patch_fork(struct vmspace *to, const struct vmspace *from);

/* Entries set aside before a host call: at most two are ever needed. */
struct vm_spare {
	struct vm_entry *s_e[2];
};
#define	VM_NOSPARE	{ { NULL, NULL } }
int	vm_spare_get(struct vm_spare *s);
int	vm_spare_clear(struct vmspace *vm, struct vm_spare *s, uaddr_t start,
	    uaddr_t end);
void	vm_spare_put(struct vm_spare *s);

#endif
