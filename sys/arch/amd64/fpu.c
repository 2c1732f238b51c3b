/*
 * fpu.c: the guest's extended state, in the host's save area under its frame.
 *
 * The area has the XSAVE standard layout with the software words at offset 464
 * (sigreturn(2), <asm/sigcontext.h>).  What a guest hands back is cleaned, so
 * that the host's own sigreturn never refuses it.
 */
#include "arch/amd64/arch.h"
#include "base/copy.h"
#include "base/thread.h"
#include "host/sigctx.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	FX_FCW		0
#define	FX_MXCSR	24
#define	FX_MXCSR_MASK	28
#define	XFEATURE_FPSSE	3UL

static uint8_t *
area(struct thread *td, struct host_fpsw **swp)
{
	struct host_ucontext *uc = td->td_hostctx;
	uint8_t *fp = (uint8_t *)uc->uc_fpstate;

	*swp = (struct host_fpsw *)(fp + FPSW_OFFSET);
	if ((*swp)->magic1 != FP_XSTATE_MAGIC1)
		*swp = NULL;
	return (fp);
}

void *
arch_fpstate(struct thread *td, size_t *size)
{
	struct host_fpsw *sw;
	uint8_t *fp = area(td, &sw);

	*size = sw != NULL ? sw->extended_size : FP_LEGACY_SIZE;
	return (fp);
}

size_t
arch_fpsize(struct thread *td)
{
	size_t n;

	(void)arch_fpstate(td, &n);
	return (n);
}

int
arch_fpstore(struct thread *td, uaddr_t u)
{
	size_t n;
	void *fp = arch_fpstate(td, &n);

	return (copyout(fp, u, n));
}

void
arch_fpreset(struct thread *td)
{
	struct host_fpsw *sw;
	uint8_t *fp = area(td, &sw);
	uint32_t mask = *(uint32_t *)(fp + FX_MXCSR_MASK);

	memset(fp, 0, 416);
	*(uint16_t *)(fp + FX_FCW) = 0x37f;
	*(uint32_t *)(fp + FX_MXCSR) = 0x1f80;
	*(uint32_t *)(fp + FX_MXCSR_MASK) = mask;
	if (sw != NULL)
		memset(fp + XSAVE_HDR_OFF, 0, XSAVE_HDR_SIZE);
}

/* Keep what the host insists on: its own words, legal bits. */
static void
clean(uint8_t *fp, const struct host_fpsw *keep, uint32_t mask)
{
	uint64_t *hdr = (uint64_t *)(fp + XSAVE_HDR_OFF);

	*(uint32_t *)(fp + FX_MXCSR) &= mask != 0 ? mask : 0xffbf;
	*(uint32_t *)(fp + FX_MXCSR_MASK) = mask;
	if (keep == NULL)
		return;
	memcpy(fp + FPSW_OFFSET, keep, sizeof(*keep));
	hdr[0] &= keep->xfeatures;
	memset(&hdr[1], 0, XSAVE_HDR_SIZE - 8);
}

int
arch_fpload(struct thread *td, uaddr_t u)
{
	struct host_fpsw *sw, keep, theirs;
	uint8_t *fp = area(td, &sw);
	uint32_t mask = *(uint32_t *)(fp + FX_MXCSR_MASK), magic2;
	bool full = false;

	if (u == 0) {
		arch_fpreset(td);
		return (0);
	}
	if (sw != NULL) {
		keep = *sw;
		if (copyin(u + FPSW_OFFSET, &theirs, sizeof(theirs)) != 0)
			return (-EFAULT);
		full = theirs.magic1 == FP_XSTATE_MAGIC1 &&
		    theirs.xstate_size == keep.xstate_size &&
		    fetch32(u + keep.xstate_size, &magic2) == 0 &&
		    magic2 == FP_XSTATE_MAGIC2;
	}
	if (copyin(u, fp, full ? keep.xstate_size : FP_LEGACY_SIZE) != 0) {
		if (sw != NULL)
			memcpy(fp + FPSW_OFFSET, &keep, sizeof(keep));
		arch_fpreset(td);
		return (-EFAULT);
	}
	if (sw != NULL && !full)
		*(uint64_t *)(fp + XSAVE_HDR_OFF) = XFEATURE_FPSSE;
	clean(fp, sw != NULL ? &keep : NULL, mask);
	return (0);
}
