/* pseudofs_var.h: what the files of pseudofs share. */
#ifndef FS_PSEUDOFS_PSEUDOFS_VAR_H
#define FS_PSEUDOFS_PSEUDOFS_VAR_H

#include "base/mtx.h"
#include "fs/pseudofs/pseudofs.h"
#include "libkern/list.h"

#define	PFS_NHASH	256

struct pfs_root {
	struct mtx	pr_lock;	/* RANK_VNHASH */
	struct list	pr_hash[PFS_NHASH];	/* v_hash */
};

/* Text shared by the readers of one open file. */
struct pfs_text {
	refcount_t	pt_ref;
	struct sbuf	pt_sb;
};

struct pfs_open {			/* f_data of an open file */
	struct mtx	po_lock;	/* RANK_LEAF: po_text */
	struct pfs_text	*po_text;
};

extern const struct vnodeops pfs_vnodeops, pfs_linkvnops;

int	pfs_open(struct vnode *vp, int flags, struct file *fp);
uint64_t pfs_ino(const struct pfs_ctx *c);

#endif
