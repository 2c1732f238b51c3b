/* vnobject.h: vnodes as mappable objects (vm.h). */
#ifndef VFS_VNOBJECT_H
#define VFS_VNOBJECT_H

#include "vm/vm.h"

/* A reference to the object is one to the vnode and one to its mount. */
extern const struct vm_object_ops vnode_object_ops;

#endif
