/* uio.c: moving bytes between a kernel buffer and an I/O vector. */
#include "vfs/uio.h"

#include "base/copy.h"
#include "base/kmem.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	IO_MAX	0x7ffff000UL		/* MAX_RW_COUNT of read(2) */

void
uio_advance(struct uio *uio, size_t n)
{
	size_t k;

	while (n > 0 && uio->uio_iovcnt > 0) {
		k = kmin(n, uio->uio_iov->iov_len);
		uio->uio_iov->iov_base += k;
		uio->uio_iov->iov_len -= k;
		uio->uio_resid -= k;
		if (uio->uio_off >= 0)
			uio->uio_off += (int64_t)k;
		n -= k;
		if (uio->uio_iov->iov_len == 0) {
			uio->uio_iov++;
			uio->uio_iovcnt--;
		}
	}
}

/* Bytes of one step that could not be moved. */
static size_t
move_part(void *kbuf, size_t n, const struct uio *uio)
{
	uaddr_t u = uio->uio_iov->iov_base;

	if (uio->uio_user)
		return (uio->uio_write ? copyin_part(u, kbuf, n) :
		    copyout_part(kbuf, u, n));
	if (uio->uio_write)
		memcpy(kbuf, (const void *)u, n);
	else
		memcpy((void *)u, kbuf, n);
	return (0);
}

int
uiomove(void *kbuf, size_t n, struct uio *uio)
{
	char *p = kbuf;
	size_t k, left;

	while (n > 0 && uio->uio_resid > 0) {
		while (uio->uio_iov->iov_len == 0) {
			uio->uio_iov++;
			uio->uio_iovcnt--;
		}
		k = kmin(n, uio->uio_iov->iov_len);
		left = move_part(p, k, uio);
		uio_advance(uio, k - left);
		if (left != 0)
			return (-EFAULT);
		p += k;
		n -= k;
	}
	return (0);
}

/* Zero as much of [u, u+n) as can be written; how much that was. */
static size_t
zero_part(uaddr_t u, size_t n)
{
	static const uint8_t zeroes[512];
	size_t done = 0, k, left;

	while (done < n) {
		k = kmin(n - done, sizeof(zeroes));
		left = copyout_part(zeroes, u + done, k);
		done += k - left;
		if (left != 0)
			break;
	}
	return (done);
}

int
uio_zero(size_t n, struct uio *uio)
{
	size_t k;

	while (n > 0 && uio->uio_resid > 0) {
		while (uio->uio_iov->iov_len == 0) {
			uio->uio_iov++;
			uio->uio_iovcnt--;
		}
		k = kmin(n, uio->uio_iov->iov_len);
		if (!uio->uio_user)
			memset((void *)uio->uio_iov->iov_base, 0, k);
		else if (user_zero(uio->uio_iov->iov_base, k) < 0) {
			uio_advance(uio, zero_part(uio->uio_iov->iov_base, k));
			return (-EFAULT);
		}
		uio_advance(uio, k);
		n -= k;
	}
	return (0);
}

/* uio_copyin has checked that the vector lies in guest space. */
long
uio_hostio(int fd, struct uio *uio, int64_t off)
{
	long n;

	if (uio->uio_resid == 0)
		return (0);
	if (uio->uio_write)
		n = host_pwritev2(fd, uio->uio_iov, uio->uio_iovcnt, off,
		    uio->uio_rwf & ~RWF_APPEND);
	else
		n = host_preadv2(fd, uio->uio_iov, uio->uio_iovcnt, off,
		    uio->uio_rwf);
	if (n > 0)
		uio_advance(uio, (size_t)n);
	return (n);
}

void
uio_kern(struct uio *uio, struct host_iovec *iov, void *buf, size_t n,
    int64_t off, bool write)
{
	iov->iov_base = (uaddr_t)buf;
	iov->iov_len = n;
	memset(uio, 0, sizeof(*uio));
	uio->uio_iov = iov;
	uio->uio_iovcnt = 1;
	uio->uio_write = write;
	uio->uio_resid = n;
	uio->uio_off = off;
}

int
uio_single(uaddr_t buf, size_t n, struct host_iovec *iov, struct uio *uio)
{
	if (!user_range_ok(buf, n))
		return (-EFAULT);
	n = kmin(n, IO_MAX);
	uio_kern(uio, iov, NULL, n, -1, false);
	iov->iov_base = buf;
	uio->uio_user = true;
	return (0);
}

int
uio_copyin(uaddr_t iov, unsigned long cnt, struct host_iovec *fast,
    struct host_iovec **alloc, struct uio *uio)
{
	struct host_iovec *v = fast;
	size_t total = 0;
	unsigned long i;
	int error;

	*alloc = NULL;
	if (cnt > UIO_MAXIOV)
		return (-EINVAL);
	if (cnt > UIO_FASTIOV) {
		v = kmalloc(cnt * sizeof(*v), KM_NOZERO);
		if (v == NULL)
			return (-ENOMEM);
		*alloc = v;
	}
	error = copyin(iov, v, cnt * sizeof(*v));
	for (i = 0; i < cnt && error == 0; i++) {
		if ((int64_t)v[i].iov_len < 0)
			error = -EINVAL;
		else if (!user_range_ok(v[i].iov_base, v[i].iov_len))
			error = -EFAULT;
		if (v[i].iov_len > IO_MAX - total)
			v[i].iov_len = IO_MAX - total;
		total += v[i].iov_len;
	}
	if (error < 0) {
		kfree(*alloc);
		*alloc = NULL;
		return (error);
	}
	memset(uio, 0, sizeof(*uio));
	uio->uio_iov = v;
	uio->uio_iovcnt = (int)cnt;
	uio->uio_user = true;
	uio->uio_resid = total;
	uio->uio_off = -1;
	return (0);
}
