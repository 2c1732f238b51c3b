/*
 * init_export.c: the throw-away layers leave the jail (base/export.h).
 *
 * The unions made at boot are remembered, with a reference of ours, so that a
 * guest which unmounts one takes nothing away.  When the main process ends and
 * all others are dead, kern calls export_all() in it (k_overhook).
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/export.h"
#include "base/kmem.h"
#include "fs/unionfs/unionfs.h"
#include "host/host.h"
#include "init/init.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/namecache.h"

struct export_union {
	struct export_union *eu_next;
	struct mount	*eu_mp;		/* referenced */
	const char	*eu_prefix;	/* no leading slash */
};
/* KROOT_EXPORT is the first of them; written at boot only. */

static void
put_end(int fd, int error)
{
	struct export_rec x = {
		.x_magic = EXPORT_MAGIC,
		.x_flags = XR_END,
		.x_size = -error,
	};

	/* Without it the reader knows that something is missing. */
	(void)host_write(fd, &x, sizeof(x));
}

static void
export_all(void)
{
	struct export_union *eu = kroot()->r_sub[KROOT_EXPORT];
	int fd = kroot()->r_config->jc_exportfd, error = 0;

	for (; eu != NULL && error == 0; eu = eu->eu_next)
		error = unionfs_export(eu->eu_mp, eu->eu_prefix, fd);
	put_end(fd, error);
}

void
init_export_add(struct mount *mp, const char *prefix)
{
	struct export_union *eu = KNEW(struct export_union);
	void **last = &kroot()->r_sub[KROOT_EXPORT];

	if (eu == NULL)
		boot_check(-ENOMEM, "remembering a mount");
	while (*prefix == '/')
		prefix++;
	mount_hold(mp);
	eu->eu_mp = mp;
	eu->eu_prefix = prefix;
	/* The root first. */
	while (*last != NULL)
		last = (void **)&((struct export_union *)*last)->eu_next;
	*last = eu;
}

void
init_export(const struct jail_config *jc)
{
	if (jc->jc_exportfd < 0)
		return;
	kern()->k_overhook = export_all;
	if (jc->jc_path != NULL)
		return;
	/* No program: what an earlier jail left is all there is. */
	export_all();
	boot_done(0);
}
