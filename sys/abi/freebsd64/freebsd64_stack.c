/*
 * freebsd64_stack.c: what a FreeBSD program finds on its stack and in its
 * registers (FreeBSD's sys/kern/kern_exec.c, exec_copyout_strings).
 *
 * From the top down: a page with the code that handlers return through, struct
 * ps_strings, the program's path, the canary, the page sizes, environment and
 * arguments, then the auxiliary vector, envp, argv and argc.
 */
#include "abi/freebsd64/freebsd64.h"
#include "arch/amd64/frame.h"
#include "base/config.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "host/host.h"
#include "kern/elf.h"
#include "kern/exec.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "libkern/str.h"
#include "vm/vm.h"

#define	FB_AT_EXECPATH	15
#define	FB_AT_CANARY	16
#define	FB_AT_CANARYLEN	17
#define	FB_AT_OSRELDATE	18
#define	FB_AT_NCPUS	19
#define	FB_AT_PAGESIZES	20
#define	FB_AT_PAGESIZESLEN 21
#define	FB_AT_STACKPROT	23
#define	FB_AT_EHDRFLAGS	24
#define	FB_AT_HWCAP	25
#define	FB_AT_BSDFLAGS	27
#define	FB_AT_ARGC	28
#define	FB_AT_ARGV	29
#define	FB_AT_ENVC	30
#define	FB_AT_ENVV	31
#define	FB_AT_PS_STRINGS 32
#define	FB_AT_USRSTACKBASE 35
#define	FB_AT_USRSTACKLIM 36

#define	NAUX		32		/* pairs, room to spare */
#define	CANARY_LEN	64

/*
 * Called by a handler's return: call the handler through the frame on the
 * stack, then sigreturn(&frame->sf_uc).  Built of: call *(%rsp);
 * lea 0x10(%rsp),%rdi; push $0; mov $417,%eax; syscall; hlt; jmp .-1
 */
static const uint8_t sigcode[] = {
	0xff, 0x14, 0x24,
	0x48, 0x8d, 0x7c, 0x24, 0x10,
	0x6a, 0x00,
	0xb8, 0xa1, 0x01, 0x00, 0x00,
	0x0f, 0x05,
	0xf4, 0xeb, 0xfd
};

struct ps_strings {
	uint64_t	argv;
	uint32_t	nargv, pad0;
	uint64_t	envp;
	uint32_t	nenv, pad1;
};

struct places {
	uaddr_t	execpath, canary, pagesizes, psstrings;
};

static int
put(uaddr_t *sp, const void *p, size_t n)
{
	*sp = rounddown2(*sp - n, (uaddr_t)8);
	return (copyout(p, *sp, n));
}

static unsigned
ncpus(void)
{
	uint64_t mask[16] = { 0 };
	unsigned n = 0;
	int r;

	r = host_sched_getaffinity(0, sizeof(mask), mask);
	for (int i = 0; r > 0 && i < r / 8; i++)
		n += (unsigned)__builtin_popcountl(mask[i]);
	return (n == 0 ? 1 : n);
}

static int
put_sigcode(struct thread *td, uaddr_t *sp)
{
	int error;

	*sp -= FB_SIGCODE_SIZE;
	error = copyout(sigcode, *sp, sizeof(sigcode));
	if (error == 0)
		error = (int)vm_mprotect(td->td_vm, *sp, FB_SIGCODE_SIZE,
		    PROT_READ | PROT_EXEC);
	if (error == 0)
		error = vm_setname(td->td_vm, *sp, FB_SIGCODE_SIZE,
		    "[sigcode]");
	return (error);
}

static int
put_data(struct thread *td, struct execimg *img, uaddr_t *sp,
    struct places *pl)
{
	uint8_t canary[CANARY_LEN];
	uint64_t sizes[2] = { KPAGE_SIZE, 2UL << 20 };
	int error;

	error = put_sigcode(td, sp);
	if (error != 0)
		return (error);
	*sp -= sizeof(struct ps_strings);
	pl->psstrings = *sp;
	error = put(sp, img->ei_path, strlen(img->ei_path) + 1);
	pl->execpath = *sp;
	(void)host_getrandom(canary, sizeof(canary), 0);
	if (error == 0)
		error = put(sp, canary, sizeof(canary));
	pl->canary = *sp;
	if (error == 0)
		error = put(sp, sizes, sizeof(sizes));
	pl->pagesizes = *sp;
	if (error == 0)
		error = exec_put_strings(img, sp);
	return (error);
}

static size_t
fill_auxv(struct thread *td, const struct execimg *img,
    const struct places *pl, uaddr_t argv, uint64_t *v)
{
	uint64_t lim = proc_rlimit(td->td_proc, RLIMIT_STACK_);
	uaddr_t envv = argv + ((uaddr_t)img->ei_argc + 1) * 8;
	size_t n = 0;

#define	AUX(type, val)	(v[n++] = (type), v[n++] = (val))
	AUX(AT_PHDR, img->ei_phdr);
	AUX(AT_PHENT, img->ei_phent);
	AUX(AT_PHNUM, img->ei_phnum);
	AUX(AT_PAGESZ, KPAGE_SIZE);
	AUX(AT_FLAGS, 0);
	AUX(AT_ENTRY, img->ei_progentry);
	AUX(AT_BASE, img->ei_base);
	AUX(FB_AT_EHDRFLAGS, 0);
	AUX(FB_AT_EXECPATH, pl->execpath);
	AUX(FB_AT_OSRELDATE, FB_OSRELDATE);
	AUX(FB_AT_CANARY, pl->canary);
	AUX(FB_AT_CANARYLEN, CANARY_LEN);
	AUX(FB_AT_NCPUS, ncpus());
	AUX(FB_AT_PAGESIZES, pl->pagesizes);
	AUX(FB_AT_PAGESIZESLEN, 2 * sizeof(uint64_t));
	AUX(FB_AT_STACKPROT, (uint64_t)img->ei_stackprot);
	AUX(FB_AT_BSDFLAGS, 0);
	AUX(FB_AT_ARGC, (uint64_t)img->ei_argc);
	AUX(FB_AT_ARGV, argv);
	AUX(FB_AT_ENVC, (uint64_t)img->ei_envc);
	AUX(FB_AT_ENVV, envv);
	AUX(FB_AT_PS_STRINGS, pl->psstrings);
	AUX(FB_AT_USRSTACKBASE, vm_stackbase(td->td_vm));
	AUX(FB_AT_USRSTACKLIM, lim);
	AUX(AT_NULL, 0);
#undef AUX
	return (n);
}

int
freebsd64_stack(struct thread *td, struct execimg *img, uaddr_t *spp)
{
	size_t words, n, first;
	struct ps_strings ps = { 0 };
	uaddr_t sp = *spp;
	struct places pl;
	uint64_t *v;
	int error;

	error = put_data(td, img, &sp, &pl);
	if (error != 0)
		return (error);
	words = 1 + (size_t)img->ei_argc + 1 + (size_t)img->ei_envc + 1 +
	    2 * NAUX;
	v = kmalloc(words * sizeof(*v), KM_NOZERO);
	if (v == NULL)
		return (-ENOMEM);
	sp = rounddown2(sp - words * sizeof(*v), (uaddr_t)16);
	v[0] = (uint64_t)img->ei_argc;
	first = 1 + exec_put_vectors(img, v + 1);
	n = first + fill_auxv(td, img, &pl, sp + 8, v + first);
	error = copyout(v, sp, n * sizeof(*v));
	kfree(v);
	img->ei_auxv = sp + first * sizeof(*v);
	img->ei_auxvlen = (uint32_t)((n - first) * sizeof(*v));
	ps.argv = sp + 8;
	ps.nargv = (uint32_t)img->ei_argc;
	ps.envp = ps.argv + ((uaddr_t)img->ei_argc + 1) * 8;
	ps.nenv = (uint32_t)img->ei_envc;
	if (error == 0)
		error = copyout(&ps, pl.psstrings, sizeof(ps));
	*spp = sp;
	return (error);
}

/* The vector's address comes in %rdi, a function to call at exit (none) in
 * %rsi; the stack is as after a call. */
void
freebsd64_setregs(struct thread *td, struct execimg *img, uaddr_t sp)
{
	struct trapframe *tf = td->td_frame;
	uint32_t kind = tf->tf_kind;

	memset(tf, 0, sizeof(*tf));
	tf->tf_rip = img->ei_entry;
	tf->tf_rsp = rounddown2(sp - 8, (uaddr_t)16) + 8;
	tf->tf_rdi = sp;
	tf->tf_rflags = RFLAGS_IF;
	tf->tf_cs = FB_USER_CS;
	tf->tf_ss = FB_USER_DS;
	tf->tf_nr = ~0UL;
	tf->tf_kind = kind;
	tf->tf_trapsite = 2;
}
