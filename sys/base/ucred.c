/* ucred.c: credentials, see ucred.h. */
#include "base/kmem.h"
#include "base/ucred.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/str.h"

struct ucred *
cred_new(void)
{
	struct ucred *cr = KNEW(struct ucred);

	if (cr == NULL)
		return (NULL);
	cr->cr_ref = 1;
	cr->cr_cap_eff = cr->cr_cap_perm = cr->cr_cap_bnd = CAPS_ALL;
	return (cr);
}

struct ucred *
cred_copy(const struct ucred *from)
{
	struct ucred *cr = KNEW(struct ucred);

	if (cr == NULL)
		return (NULL);
	*cr = *from;
	cr->cr_ref = 1;
	cr->cr_groups = NULL;
	cr->cr_ngroups = 0;
	if (cred_setgroups(cr, from->cr_groups, from->cr_ngroups) != 0) {
		cred_free(cr);
		return (NULL);
	}
	return (cr);
}

void
cred_free(struct ucred *cr)
{
	if (cr == NULL || !ref_release(&cr->cr_ref))
		return;
	kfree(cr->cr_groups);
	kfree(cr);
}

static void
sift(uint32_t *a, unsigned i, unsigned n)
{
	for (;;) {
		unsigned c = 2 * i + 1;
		uint32_t t;

		if (c >= n)
			return;
		if (c + 1 < n && a[c + 1] > a[c])
			c++;
		if (a[i] >= a[c])
			return;
		t = a[i];
		a[i] = a[c];
		a[c] = t;
		i = c;
	}
}

int
cred_setgroups(struct ucred *cr, const uint32_t *g, unsigned n)
{
	uint32_t *copy = NULL;

	if (n > NGROUPS_KMAX)
		return (-EINVAL);
	if (n != 0) {
		copy = kmalloc(n * sizeof(*g), KM_NOZERO);
		if (copy == NULL)
			return (-ENOMEM);
		memcpy(copy, g, n * sizeof(*g));
		for (unsigned i = n / 2; i-- > 0; )
			sift(copy, i, n);
		for (unsigned i = n; i-- > 1; ) {
			uint32_t t = copy[0];

			copy[0] = copy[i];
			copy[i] = t;
			sift(copy, 0, i);
		}
	}
	kfree(cr->cr_groups);
	cr->cr_groups = copy;
	cr->cr_ngroups = n;
	return (0);
}

bool
cred_ingroup(const struct ucred *cr, uint32_t gid)
{
	unsigned lo = 0, hi = cr->cr_ngroups;

	if (cr->cr_fsgid == gid)
		return (true);
	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;

		if (cr->cr_groups[mid] == gid)
			return (true);
		if (cr->cr_groups[mid] < gid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (false);
}

int
cred_access(const struct ucred *cr, uint32_t mode, uint32_t uid, uint32_t gid,
    int want)
{
	uint32_t bits = mode;

	if (cr->cr_fsuid == uid)
		bits >>= 6;
	else if (cred_ingroup(cr, gid))
		bits >>= 3;
	if (((unsigned)want & ~bits & 7) == 0)
		return (0);
	if (S_ISDIR(mode)) {
		if (cred_priv(cr, PRIV_DAC_OVERRIDE))
			return (0);
		if (!(want & W_OK) && cred_priv(cr, PRIV_DAC_READ_SEARCH))
			return (0);
		return (-EACCES);
	}
	/* Execution needs at least one x bit, even for the privileged. */
	if (cred_priv(cr, PRIV_DAC_OVERRIDE) &&
	    (!(want & X_OK) || (mode & 0111)))
		return (0);
	if (want == R_OK && cred_priv(cr, PRIV_DAC_READ_SEARCH))
		return (0);
	return (-EACCES);
}
