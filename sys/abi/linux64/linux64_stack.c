/*
 * linux64_stack.c: what a Linux program finds on its stack and in its
 * registers (elf(5), getauxval(3), System V ABI for AMD64, 3.4.1).
 *
 * From the top down: a null word, the program's file name, environment and
 * arguments, the platform's name, 16 random bytes, then the auxiliary vector,
 * envp, argv and argc at a 16-byte boundary.
 */
#include "abi/linux64/linux64.h"
#include "arch/amd64/frame.h"
#include "base/arena.h"
#include "base/config.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "host/host.h"
#include "kern/elf.h"
#include "kern/exec.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	AT_UID		11
#define	AT_EUID		12
#define	AT_GID		13
#define	AT_EGID		14
#define	AT_PLATFORM	15
#define	AT_HWCAP	16
#define	AT_CLKTCK	17
#define	AT_SECURE	23
#define	AT_RANDOM	25
#define	AT_HWCAP2	26
#define	AT_EXECFN	31
#define	AT_SYSINFO_EHDR	33
#define	AT_MINSIGSTKSZ	51

#define	NAUX		24		/* pairs, room to spare */

static const char platform[] = "x86_64";

/* What the host told the warden, or dflt. */
static uint64_t
hostaux(uint64_t type, uint64_t dflt)
{
	const struct jail_config *jc = kroot()->r_config;

	for (size_t i = 0; jc != NULL && i + 1 < nitems(jc->jc_auxv) &&
	    jc->jc_auxv[i] != AT_NULL; i += 2)
		if (jc->jc_auxv[i] == type)
			return (jc->jc_auxv[i + 1]);
	return (dflt);
}

struct places {			/* of what the vector points to */
	uaddr_t	execfn, platform, random;
};

static size_t
fill_auxv(struct thread *td, const struct execimg *img,
    const struct places *pl, uint64_t *v)
{
	const struct ucred *cr = td->td_cred;
	size_t n = 0;

#define	AUX(type, val)	(v[n++] = (type), v[n++] = (val))
	if (kroot()->r_vdso != 0)
		AUX(AT_SYSINFO_EHDR, kroot()->r_vdso);
	AUX(AT_MINSIGSTKSZ, hostaux(AT_MINSIGSTKSZ, 2048));
	AUX(AT_HWCAP, hostaux(AT_HWCAP, 0));
	AUX(AT_PAGESZ, KPAGE_SIZE);
	AUX(AT_CLKTCK, hostaux(AT_CLKTCK, 100));
	AUX(AT_PHDR, img->ei_phdr);
	AUX(AT_PHENT, img->ei_phent);
	AUX(AT_PHNUM, img->ei_phnum);
	AUX(AT_BASE, img->ei_base);
	AUX(AT_FLAGS, 0);
	AUX(AT_ENTRY, img->ei_progentry);
	AUX(AT_UID, cr->cr_ruid);
	AUX(AT_EUID, cr->cr_uid);
	AUX(AT_GID, cr->cr_rgid);
	AUX(AT_EGID, cr->cr_gid);
	AUX(AT_SECURE, img->ei_secure);
	AUX(AT_RANDOM, pl->random);
	AUX(AT_HWCAP2, hostaux(AT_HWCAP2, 0));
	AUX(AT_EXECFN, pl->execfn);
	AUX(AT_PLATFORM, pl->platform);
	AUX(AT_NULL, 0);
#undef AUX
	return (n);
}

static int
put(uaddr_t *sp, const void *p, size_t n)
{
	*sp -= n;
	return (copyout(p, *sp, n));
}

/* Everything that pointers point to. */
static int
put_data(struct execimg *img, uaddr_t *sp, struct places *pl)
{
	uint64_t rnd[3] = { 0 };
	int error;

	(void)host_getrandom(rnd, sizeof(rnd), 0);
	*sp -= 8;
	error = put(sp, img->ei_path, strlen(img->ei_path) + 1);
	pl->execfn = *sp;
	if (error == 0)
		error = exec_put_strings(img, sp);
	if (error != 0)
		return (error);
	/* Hyper-threads should not share the sets of their caches. */
	*sp = rounddown2(*sp - rnd[2] % 8192, 16);
	error = put(sp, platform, sizeof(platform));
	pl->platform = *sp;
	if (error == 0)
		error = put(sp, rnd, 16);
	pl->random = img->ei_random = *sp;
	return (error);
}

int
linux64_stack(struct thread *td, struct execimg *img, uaddr_t *spp)
{
	size_t words, n, first;
	uaddr_t sp = *spp;
	struct places pl;
	uint64_t *v;
	int error;

	error = put_data(img, &sp, &pl);
	if (error != 0)
		return (error);
	words = 1 + (size_t)img->ei_argc + 1 + (size_t)img->ei_envc + 1 +
	    2 * NAUX;
	v = kmalloc(words * sizeof(*v), KM_NOZERO);
	if (v == NULL)
		return (-ENOMEM);
	v[0] = (uint64_t)img->ei_argc;
	first = 1 + exec_put_vectors(img, v + 1);
	n = first + fill_auxv(td, img, &pl, v + first);
	sp = rounddown2(sp - n * sizeof(*v), 16);
	error = copyout(v, sp, n * sizeof(*v));
	kfree(v);
	img->ei_auxv = sp + first * sizeof(*v);
	img->ei_auxvlen = (uint32_t)((n - first) * sizeof(*v));
	*spp = sp;
	return (error);
}

void
linux64_setregs(struct thread *td, struct execimg *img, uaddr_t sp)
{
	struct trapframe *tf = td->td_frame;
	uint32_t kind = tf->tf_kind;

	memset(tf, 0, sizeof(*tf));
	tf->tf_rip = img->ei_entry;
	tf->tf_rsp = sp;
	tf->tf_rflags = RFLAGS_IF;
	tf->tf_cs = USER_CS;
	tf->tf_ss = USER_DS;
	tf->tf_nr = ~0UL;
	tf->tf_kind = kind;
	tf->tf_trapsite = 2;
}
