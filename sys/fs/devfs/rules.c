/*
 * rules.c: which nodes /dev is born with, and how: --devfs-ruleset, after
 * FreeBSD's devfs(8).  Rules apply in their order, the last one wins.
 */
#include "fs/devfs/devfs.h"

#include "base/arena.h"
#include "base/config.h"
#include "libkern/str.h"

/* As fnmatch(3) with * and ? alone.  The last star is where to go on. */
bool
devfs_match(const char *pat, const char *s)
{
	const char *star = NULL, *from = NULL;

	while (*s != '\0') {
		if (*pat == '*') {
			star = ++pat;
			from = s;
		} else if (*pat == '?' || *pat == *s) {
			pat++;
			s++;
		} else if (star != NULL) {
			pat = star;
			s = ++from;
		} else
			return (false);
	}
	while (*pat == '*')
		pat++;
	return (*pat == '\0');
}

void
devfs_rules(const char *name, struct devlook *dl)
{
	const struct jail_config *jc = kroot()->r_config;

	for (uint32_t i = 0; jc != NULL && i < jc->jc_ndevrules; i++) {
		const struct jail_devrule *r = &jc->jc_devrules[i];

		if (!devfs_match(r->dr_pattern, name))
			continue;
		switch (r->dr_what) {
		case DR_HIDE:
			dl->dl_hidden = true;
			break;
		case DR_UNHIDE:
			dl->dl_hidden = false;
			break;
		case DR_MODE:
			dl->dl_mode = r->dr_value & 07777;
			break;
		case DR_USER:
			dl->dl_uid = r->dr_value;
			break;
		case DR_GROUP:
			dl->dl_gid = r->dr_value;
			break;
		}
	}
}
