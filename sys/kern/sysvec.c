/* sysvec.c: the registry of personalities. */
#include "base/arena.h"
#include "base/config.h"
#include "base/kmem.h"
#include "kern/sysvec.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	MAXSYSVEC	8

struct abi_root {
	unsigned	ar_n;
	const struct sysvec *ar_sv[MAXSYSVEC];
};

static struct abi_root *
root(void)
{
	return (kroot()->r_sub[KROOT_ABI]);
}

int
sysvec_register(const struct sysvec *sv)
{
	struct abi_root *r = root();

	if (r == NULL) {
		r = KNEW(struct abi_root);
		if (r == NULL)
			return (-ENOMEM);
		kroot()->r_sub[KROOT_ABI] = r;
	}
	if (r->ar_n == MAXSYSVEC)
		return (-ENOSPC);
	r->ar_sv[r->ar_n++] = sv;
	return (0);
}

const struct sysvec *
sysvec_nth(unsigned i)
{
	struct abi_root *r = root();

	return (r != NULL && i < r->ar_n ? r->ar_sv[i] : NULL);
}

const struct sysvec *
sysvec_byname(const char *name)
{
	const struct sysvec *sv;

	for (unsigned i = 0; (sv = sysvec_nth(i)) != NULL; i++)
		if (strcmp(sv->sv_name, name) == 0)
			return (sv);
	return (NULL);
}

const struct sysvec *
sysvec_fallback(void)
{
	const struct jail_config *jc = kroot()->r_config;
	const struct sysvec *sv = NULL;

	if (jc != NULL && jc->jc_fallbrand != NULL)
		sv = sysvec_byname(jc->jc_fallbrand);
	return (sv != NULL ? sv : sysvec_nth(0));
}
