/*
 * fx.h: file systems under test: vnode operations as VFS would call them,
 * on a temporary directory of the real host.
 */
#ifndef TESTS_UNIT_FX_H
#define TESTS_UNIT_FX_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* <stdio.h> has them too, spelt in another way. */
#undef RENAME_NOREPLACE
#undef RENAME_EXCHANGE
#undef RENAME_WHITEOUT

struct vnode;

/* fx_host.c: the real host's side, apart because of its headers. */
char	*fx_mktmp(void);
void	 fx_rmtmp(char *dir);
void	 fx_put(const char *dir, const char *name, const char *text);
/* What the host has there, or NULL. */
char	*fx_get(const char *dir, const char *name);
int	 fx_openpath(const char *dir);		/* O_PATH */
unsigned fx_uid(void);
unsigned fx_gid(void);
void	 fx_mkhostdir(const char *dir, const char *name);
void	 fx_hostlink(const char *dir, const char *from, const char *to);
void	 fx_sparse(const char *dir, const char *name, long size);
/* Put a symlink to target in the place of a directory. */
void	 fx_swap(const char *dir, const char *name, const char *target);
/* Run fn in a child that is an ordinary user owning dir: its wait status. */
int	 fx_asnobody(const char *dir, void (*fn)(void));
long	 fx_xattr(const char *dir, const char *name, const char *attr, char *v,
	    size_t n);

/* fx_vnode.c */

/* Look up a path of plain components; NULL when missing (error in fx_err). */
struct vnode *fx_at(struct vnode *root, const char *path);
extern int fx_err;
/* The directory of path and its last component. */
struct vnode *fx_dir(struct vnode *root, const char *path, const char **last);
/* Contents as a string (static). */
const char *fx_read(struct vnode *vp);
int	 fx_write(struct vnode *vp, const char *text, int64_t off);
/* Create or open a file and write text. */
int	 fx_file(struct vnode *root, const char *path, const char *text);
int	 fx_mkdir(struct vnode *root, const char *path);
int	 fx_rm(struct vnode *root, const char *path);
int	 fx_mv(struct vnode *root, const char *from, const char *to);
/* Remove all entries while reading them, as rm -r does: how many. */
int	 fx_rmall(struct vnode *root, const char *path);
/* Names in sorted order, space separated, without dots (static). */
const char *fx_ls(struct vnode *root, const char *path);

#endif
