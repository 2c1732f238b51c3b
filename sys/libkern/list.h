/*
 * list.h: intrusive doubly linked circular lists.
 *
 * A struct list is both head and link.  An initialised link that is in no list
 * points to itself, so list_del_init may be called twice.
 */
#ifndef LIBKERN_LIST_H
#define LIBKERN_LIST_H

#include "libkern/types.h"

struct list {
	struct list	*next;
	struct list	*prev;
};

static inline void
list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool
list_empty(const struct list *l)
{
	return (l->next == l);
}

static inline void
list_insert_(struct list *n, struct list *prev, struct list *next)
{
	n->prev = prev;
	n->next = next;
	prev->next = n;
	next->prev = n;
}

static inline void
list_add_tail(struct list *head, struct list *n)
{
	list_insert_(n, head->prev, head);
}

static inline void
list_add_head(struct list *head, struct list *n)
{
	list_insert_(n, head, head->next);
}

static inline void
list_del(struct list *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
	list_init(n);
}

/* Move all of src to the end of dst; src becomes empty. */
static inline void
list_splice_tail(struct list *dst, struct list *src)
{
	if (list_empty(src))
		return;
	src->next->prev = dst->prev;
	dst->prev->next = src->next;
	src->prev->next = dst;
	dst->prev = src->prev;
	list_init(src);
}

#define	list_entry(l, type, member)	container_of(l, type, member)
#define	list_first(head, type, member)					\
	(list_empty(head) ? NULL : list_entry((head)->next, type, member))
#define	list_last(head, type, member)					\
	(list_empty(head) ? NULL : list_entry((head)->prev, type, member))
#define	list_foreach(p, head, member)					\
	for ((p) = list_entry((head)->next, __typeof__(*(p)), member);	\
	    &(p)->member != (head);					\
	    (p) = list_entry((p)->member.next, __typeof__(*(p)), member))
/* The same when the body may delete p. */
#define	list_foreach_safe(p, n, head, member)				\
	for ((p) = list_entry((head)->next, __typeof__(*(p)), member),	\
	    (n) = list_entry((p)->member.next, __typeof__(*(p)), member); \
	    &(p)->member != (head);					\
	    (p) = (n),							\
	    (n) = list_entry((n)->member.next, __typeof__(*(n)), member))

#endif
