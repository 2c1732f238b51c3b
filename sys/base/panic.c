/* panic.c: see panic.h. */
#include "base/arena.h"
#include "base/panic.h"
#include "base/rec.h"
#include "base/thread.h"
#include "host/host.h"
#include "libkern/str.h"

static void
append(size_t *n, const char *fmt, ...)
{
	struct root *r = kroot();
	va_list ap;

	if (*n + 1 >= sizeof(r->r_panicmsg))
		return;
	va_start(ap, fmt);
	*n += kvsnprintf(r->r_panicmsg + *n, sizeof(r->r_panicmsg) - *n, fmt,
	    ap);
	va_end(ap);
}

static void
backtrace(size_t *n, uintptr_t fp, uintptr_t pc)
{
	uintptr_t pcs[24];
	unsigned c = arch_backtrace(fp, pcs, nitems(pcs));

	if (pc != 0)
		append(n, "#pc 0x%lx\n", pc);
	for (unsigned i = 0; i < c; i++)
		append(n, "#%u 0x%lx\n", i, pcs[i]);
}

/* Only the first to fall speaks; the others just end. */
void
kpanic_at(uintptr_t fp, uintptr_t pc, const char *msg)
{
	struct root *r = kroot();
	struct thread *td = curthread();
	uint32_t zero = 0;
	size_t n = 0;

	if (!atomic_cas(&r->r_panic, &zero, 1))
		host_exit_group(125);
	append(&n, "%s\n", msg);
	if (td != NULL) {
		append(&n, "thread %d '%s'\n", td->td_tid, td->td_name);
		for (uint32_t i = 0; i < td->td_nheld && i < TD_MAXHELD; i++)
			append(&n, "holds %s\n", td->td_held[i]->m_name);
	}
	backtrace(&n, fp, pc);
	if (td != NULL)
		n += rec_print(td, r->r_panicmsg + n,
		    sizeof(r->r_panicmsg) - n);
	atomic_store(&r->r_panic, 2);
	atomic_store(&r->r_done, 3);
	(void)atomic_add(&r->r_mail, 1);
	(void)host_futex_wake(&r->r_mail, 1);
	host_exit_group(125);
}

void
kpanic(const char *fmt, ...)
{
	char msg[512];
	va_list ap;

	va_start(ap, fmt);
	kvsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	kpanic_at((uintptr_t)__builtin_frame_address(0), 0, msg);
	__builtin_trap();
}

void
klog(const char *fmt, ...)
{
	char msg[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = kvsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	host_write_err(msg, kmin((size_t)n, sizeof(msg) - 1));
}
