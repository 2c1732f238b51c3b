/* inotify.c: for now, nobody can watch. */
#include "vfs/inotify.h"

void
inotify_event(struct vnode *vp, uint32_t mask)
{
}

void
inotify_event_name(struct vnode *dvp, const char *name, size_t len,
    uint32_t mask, uint32_t cookie)
{
}

void
inotify_forget(struct vnode *vp)
{
}
