/*
 * exec_args.c: the strings of a new program: argv, then envp, one after the
 * other in one block of kernel memory, within Linux's limits (execve(2),
 * "Limits on size of arguments and environment").
 */
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "kern/exec.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	ARGS_START	4096		/* first size of the block */
#define	ARGS_FLOOR	(128UL * 1024)	/* allowed whatever the stack's limit */
#define	ARGS_CEIL	(6UL << 20)	/* three quarters of 8 MiB */

void
exec_args_init(struct thread *td, struct execimg *img)
{
	uint64_t lim = proc_rlimit(td->td_proc, RLIMIT_STACK_) / 4;

	img->ei_limit = kmax(kmin(lim, ARGS_CEIL), ARGS_FLOOR);
}

/* Would one more string of n bytes break the limit? */
static bool
too_big(const struct execimg *img, size_t n)
{
	size_t ptrs = ((size_t)img->ei_argc + (size_t)img->ei_envc + 1) * 8;

	return (ptrs + img->ei_strsize + n > img->ei_limit);
}

static int
reserve(struct execimg *img, size_t n)
{
	size_t cap = img->ei_strcap == 0 ? ARGS_START : img->ei_strcap;
	char *p;

	while (cap - img->ei_strsize < n)
		cap *= 2;
	if (cap == img->ei_strcap)
		return (0);
	p = krealloc(img->ei_strs, img->ei_strcap, cap);
	if (p == NULL)
		return (-ENOMEM);
	img->ei_strs = p;
	img->ei_strcap = cap;
	return (0);
}

static int
add_kern(struct execimg *img, const char *s)
{
	size_t n = strlen(s) + 1;
	int error;

	if (n > EXEC_MAXARG || too_big(img, n))
		return (-E2BIG);
	error = reserve(img, n);
	if (error != 0)
		return (error);
	memcpy(img->ei_strs + img->ei_strsize, s, n);
	img->ei_strsize += n;
	return (0);
}

static int
add_user(struct execimg *img, uaddr_t u)
{
	size_t room;
	int error;
	long n;

	for (room = 64;; room = img->ei_strcap - img->ei_strsize + 1) {
		error = reserve(img, room);
		if (error != 0)
			return (error);
		room = kmin(img->ei_strcap - img->ei_strsize,
		    (size_t)EXEC_MAXARG);
		n = copyinstr(u, img->ei_strs + img->ei_strsize, room);
		if (n >= 0)
			break;
		if (n != -ENAMETOOLONG)
			return ((int)n);
		if (room == EXEC_MAXARG || too_big(img, room))
			return (-E2BIG);
	}
	if (too_big(img, (size_t)n + 1))
		return (-E2BIG);
	img->ei_strsize += (size_t)n + 1;
	return (0);
}

static int
fetch_ptr(uaddr_t u, int width, uaddr_t *p)
{
	uint32_t w;
	uint64_t q = 0;
	int error;

	if (width == 4) {
		error = fetch32(u, &w);
		q = w;
	} else
		error = fetch64(u, &q);
	*p = q;
	return (error);
}

static int
add_vector(struct execimg *img, uaddr_t vec, int width, int *count)
{
	uaddr_t p;
	int error;

	for (*count = 0; vec != 0; (*count)++) {
		error = fetch_ptr(vec, width, &p);
		if (error != 0)
			return (error);
		if (p == 0)
			break;
		error = add_user(img, p);
		if (error != 0)
			return (error);
		vec += (unsigned)width;
	}
	return (0);
}

int
exec_args_user(struct execimg *img, uaddr_t argv, uaddr_t envp, int width)
{
	int error;

	error = add_vector(img, argv, width, &img->ei_argc);
	if (error != 0)
		return (error);
	/* Programs may rely on an argv[0]: Linux gives them an empty one. */
	if (img->ei_argc == 0) {
		error = add_kern(img, "");
		if (error != 0)
			return (error);
		img->ei_argc = 1;
	}
	img->ei_arglen = img->ei_strsize;
	return (add_vector(img, envp, width, &img->ei_envc));
}

int
exec_args_kern(struct execimg *img, char *const *argv, char *const *envp)
{
	int error;

	for (; argv[img->ei_argc] != NULL; img->ei_argc++) {
		error = add_kern(img, argv[img->ei_argc]);
		if (error != 0)
			return (error);
	}
	img->ei_arglen = img->ei_strsize;
	for (; envp[img->ei_envc] != NULL; img->ei_envc++) {
		error = add_kern(img, envp[img->ei_envc]);
		if (error != 0)
			return (error);
	}
	return (0);
}

int
exec_args_shift(struct execimg *img, int drop, const char *const *add, int n)
{
	size_t out = 0, in = 0;
	char *p;
	int error, i;

	for (i = 0; i < drop && i < img->ei_argc; i++)
		out += strlen(img->ei_strs + out) + 1;
	drop = i;
	for (i = 0; i < n; i++)
		in += strlen(add[i]) + 1;
	if (in > out && too_big(img, in - out))
		return (-E2BIG);
	error = reserve(img, in);
	if (error != 0)
		return (error);
	memmove(img->ei_strs + in, img->ei_strs + out, img->ei_strsize - out);
	for (p = img->ei_strs, i = 0; i < n; i++) {
		memcpy(p, add[i], strlen(add[i]) + 1);
		p += strlen(add[i]) + 1;
	}
	img->ei_strsize += in - out;
	img->ei_arglen += in - out;
	img->ei_argc += n - drop;
	return (0);
}

int
exec_put_strings(struct execimg *img, uaddr_t *sp)
{
	*sp -= img->ei_strsize;
	img->ei_arg = *sp;
	img->ei_arg_end = img->ei_env = *sp + img->ei_arglen;
	img->ei_env_end = *sp + img->ei_strsize;
	return (copyout(img->ei_strs, *sp, img->ei_strsize));
}

size_t
exec_put_vectors(const struct execimg *img, uint64_t *vec)
{
	size_t off = 0, n = 0;
	int i;

	for (i = 0; i < img->ei_argc + img->ei_envc; i++) {
		if (i == img->ei_argc)
			vec[n++] = 0;
		vec[n++] = img->ei_arg + off;
		off += strlen(img->ei_strs + off) + 1;
	}
	if (img->ei_envc == 0)
		vec[n++] = 0;
	vec[n++] = 0;
	return (n);
}
