/*
 * filedesc.c: descriptor tables.
 *
 * A table is shared by the threads of a process (CLONE_FILES) and read by
 * others through /proc.  fd_lock (RANK_FDTABLE) guards everything in it.
 * Only owners change it, so a thread that is the only one (and only it could
 * make another) needs the lock for nothing but growth, which moves the slots.
 * Others hold the lock, and take a reference to a file by ref_acquire_live:
 * what was a struct file never becomes anything else (file.c).  Nothing is
 * closed with the lock held.
 */
#include "base/kmem.h"
#include "base/thread.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/vfs.h"

#define	FD_MIN		64
#define	FD_CEILING	(1u << 20)	/* fs.nr_open */

struct filedesc {
	refcount_t	fd_ref;
	struct mtx	fd_lock;	/* RANK_FDTABLE */
	struct file	**fd_files;
	uint64_t	*fd_open;	/* bit: in use (or being filled) */
	uint64_t	*fd_cloexec;
	unsigned	fd_size;	/* slots; multiple of 64 */
	unsigned	fd_low;		/* nothing is free below */
	uint64_t	fd_limit;	/* RLIMIT_NOFILE */
	struct file	*fd_spare;	/* (a) a dead file, for the next open */
};

/* The current thread is fdt's only owner. */
static bool
private(const struct filedesc *fdt)
{
	return (atomic_load_acq(&fdt->fd_ref) == 1);
}

struct file *
fd_spareget(void)
{
	struct filedesc *fdt = curthread()->td_fd;

	if (fdt == NULL || fdt->fd_spare == NULL)
		return (NULL);
	return (atomic_swap(&fdt->fd_spare, NULL));
}

bool
fd_spareput(struct file *fp)
{
	struct filedesc *fdt = curthread()->td_fd;
	struct file *none = NULL;

	if (fdt == NULL || fdt->fd_spare != NULL)
		return (false);
	return (atomic_cas(&fdt->fd_spare, &none, fp));
}

static bool
bit(const uint64_t *map, unsigned i)
{
	return ((map[i / 64] >> (i % 64)) & 1);
}

static void
setbit(uint64_t *map, unsigned i, bool on)
{
	if (on)
		map[i / 64] |= 1ULL << (i % 64);
	else
		map[i / 64] &= ~(1ULL << (i % 64));
}

/* Slots and both maps in one allocation. */
static struct file **
slots_alloc(unsigned n)
{
	return (kmalloc(n * sizeof(struct file *) + n / 64 * 16, 0));
}

static struct filedesc *
table_new(unsigned size)
{
	struct filedesc *fdt = KNEW(struct filedesc);

	if (fdt == NULL)
		return (NULL);
	fdt->fd_files = slots_alloc(size);
	if (fdt->fd_files == NULL) {
		kfree(fdt);
		return (NULL);
	}
	fdt->fd_open = (uint64_t *)(fdt->fd_files + size);
	fdt->fd_cloexec = fdt->fd_open + size / 64;
	fdt->fd_size = size;
	fdt->fd_ref = 1;
	fdt->fd_limit = 1024;
	mtx_init(&fdt->fd_lock, RANK_FDTABLE, "fdtable");
	return (fdt);
}

struct filedesc *
fd_tablealloc(void)
{
	return (table_new(FD_MIN));
}

struct filedesc *
fd_tablecopy(struct filedesc *old)
{
	struct filedesc *fdt;
	unsigned size, i;

	for (;;) {
		size = atomic_load(&old->fd_size);
		fdt = table_new(size);
		if (fdt == NULL)
			return (NULL);
		mtx_lock(&old->fd_lock);
		if (old->fd_size == size)
			break;
		mtx_unlock(&old->fd_lock);
		kfree(fdt->fd_files);
		kfree(fdt);
	}
	fdt->fd_limit = old->fd_limit;
	for (i = 0; i < size; i++) {
		/* A slot that is only reserved stays the parent's. */
		if (old->fd_files[i] == NULL)
			continue;
		fdt->fd_files[i] = fhold(old->fd_files[i]);
		setbit(fdt->fd_open, i, true);
		setbit(fdt->fd_cloexec, i, bit(old->fd_cloexec, i));
	}
	mtx_unlock(&old->fd_lock);
	return (fdt);
}

struct filedesc *
fd_tablehold(struct filedesc *fdt)
{
	ref_acquire(&fdt->fd_ref);
	return (fdt);
}

int
fd_tableshared(struct filedesc *fdt)
{
	return (atomic_load(&fdt->fd_ref) > 1);
}

/* fp has left descriptor of the current thread's table. */
static void
closed(struct filedesc *fdt, struct file *fp)
{
	struct thread *td = curthread();

	if (fp->f_ops != NULL && fp->f_ops->fo_fdclose != NULL) {
		/* Locks belong to the table: name it as the owner. */
		struct filedesc *save = td->td_fd;

		td->td_fd = fdt;
		fp->f_ops->fo_fdclose(fp, td);
		td->td_fd = save;
	}
	fdrop(fp);
}

void
fd_tablefree(struct filedesc *fdt)
{
	unsigned i;

	if (fdt == NULL || !ref_release(&fdt->fd_ref))
		return;
	for (i = 0; i < fdt->fd_size; i++)
		if (fdt->fd_files[i] != NULL)
			closed(fdt, fdt->fd_files[i]);
	if (fdt->fd_spare != NULL)
		file_free(fdt->fd_spare);
	kfree(fdt->fd_files);
	kfree(fdt);
}

void
fd_setlimit(struct filedesc *fdt, uint64_t nofile)
{
	mtx_lock(&fdt->fd_lock);
	fdt->fd_limit = nofile;
	mtx_unlock(&fdt->fd_lock);
}

static struct file *
table_get(struct filedesc *fdt, int fd)
{
	struct file *fp = NULL;
	bool lock = atomic_load(&fdt->fd_ref) > 1;

	if (lock)
		mtx_lock(&fdt->fd_lock);
	if ((unsigned)fd < fdt->fd_size && fdt->fd_files[fd] != NULL)
		fp = fhold(fdt->fd_files[fd]);
	if (lock)
		mtx_unlock(&fdt->fd_lock);
	return (fp);
}

struct file *
fd_peek(int fd)
{
	struct filedesc *fdt = curthread()->td_fd;

	if (!private(fdt) || (unsigned)fd >= fdt->fd_size)
		return (NULL);
	return (fdt->fd_files[fd]);
}

struct file *
fget_path(int fd)
{
	return (table_get(curthread()->td_fd, fd));
}

struct file *
fget(int fd)
{
	struct file *fp = fget_path(fd);

	if (fp != NULL && (fp->f_flags & O_PATH) != 0) {
		fdrop(fp);
		return (NULL);
	}
	return (fp);
}

struct file *
fget_from(struct filedesc *fdt, int fd)
{
	struct file *fp = NULL;
	bool gone;

	mtx_lock(&fdt->fd_lock);
	if ((unsigned)fd < fdt->fd_size)
		fp = atomic_load_acq(&fdt->fd_files[fd]);
	if (fp != NULL && !ref_acquire_live(&fp->f_ref))
		fp = NULL;
	/* Closed meanwhile, and perhaps another's by now? */
	gone = fp != NULL && atomic_load(&fdt->fd_files[fd]) != fp;
	mtx_unlock(&fdt->fd_lock);
	if (gone) {
		fdrop(fp);
		fp = NULL;
	}
	return (fp);
}

/* Make room for slot fd. Lock held; may be released and taken again. */
static int
grow(struct filedesc *fdt, unsigned fd)
{
	struct file **files;
	unsigned size = fdt->fd_size;
	uint64_t *open;

	if (fd < size)
		return (0);
	while (size <= fd)
		size *= 2;
	files = slots_alloc(size);
	if (files == NULL)
		return (-ENOMEM);
	open = (uint64_t *)(files + size);
	memcpy(files, fdt->fd_files, fdt->fd_size * sizeof(*files));
	memcpy(open, fdt->fd_open, fdt->fd_size / 8);
	memcpy(open + size / 64, fdt->fd_cloexec, fdt->fd_size / 8);
	kfree(fdt->fd_files);
	fdt->fd_files = files;
	fdt->fd_open = open;
	fdt->fd_cloexec = open + size / 64;
	fdt->fd_size = size;
	return (0);
}

/* Lowest clear bit >= min; fd_size when there is none. Lock held. */
static unsigned
lowest(const struct filedesc *fdt, unsigned min)
{
	unsigned w, i = kmax(min, fdt->fd_low);
	uint64_t free;

	for (w = i / 64; w < fdt->fd_size / 64; w++) {
		free = ~fdt->fd_open[w];
		if (w == i / 64)
			free &= ~0ULL << (i % 64);
		if (free != 0)
			return (w * 64 + (unsigned)__builtin_ctzll(free));
	}
	return (kmax(fdt->fd_size, i));
}

int
fd_install(struct file *fp, int min, bool cloexec)
{
	struct filedesc *fdt = curthread()->td_fd;
	bool lock = !private(fdt) || fdt->fd_low >= fdt->fd_size ||
	    (unsigned)min >= fdt->fd_size;
	unsigned fd;
	int error;

	if (lock)
		mtx_lock(&fdt->fd_lock);
	fd = lowest(fdt, (unsigned)min);
	if (fd >= fdt->fd_size && !lock) {
		lock = true;
		mtx_lock(&fdt->fd_lock);
	}
	if (fd >= fdt->fd_limit || fd >= FD_CEILING)
		error = -EMFILE;
	else
		error = grow(fdt, fd);
	if (error == 0) {
		atomic_store_rel(&fdt->fd_files[fd], fp);
		setbit(fdt->fd_open, fd, true);
		setbit(fdt->fd_cloexec, fd, cloexec);
		if ((unsigned)min <= fdt->fd_low)
			fdt->fd_low = fd + 1;
		error = (int)fd;
	}
	if (lock)
		mtx_unlock(&fdt->fd_lock);
	return (error);
}

int
fd_install_at(struct file *fp, int fd, bool cloexec)
{
	struct filedesc *fdt = curthread()->td_fd;
	struct file *old = NULL;
	int error;

	mtx_lock(&fdt->fd_lock);
	if (fd < 0 || (uint64_t)fd >= fdt->fd_limit ||
	    (unsigned)fd >= FD_CEILING)
		error = -EBADF;
	else
		error = grow(fdt, (unsigned)fd);
	if (error == 0) {
		old = fdt->fd_files[fd];
		fdt->fd_files[fd] = fp;
		setbit(fdt->fd_open, (unsigned)fd, true);
		setbit(fdt->fd_cloexec, (unsigned)fd, cloexec);
		error = fd;
	}
	mtx_unlock(&fdt->fd_lock);
	if (old != NULL)
		closed(fdt, old);
	return (error);
}

/* Take slot fd out. Lock held. */
static struct file *
take(struct filedesc *fdt, unsigned fd)
{
	struct file *fp = fdt->fd_files[fd];

	if (fp == NULL)
		return (NULL);
	atomic_store(&fdt->fd_files[fd], NULL);
	setbit(fdt->fd_open, fd, false);
	setbit(fdt->fd_cloexec, fd, false);
	fdt->fd_low = kmin(fdt->fd_low, fd);
	return (fp);
}

int
fd_close(int fd)
{
	struct filedesc *fdt = curthread()->td_fd;
	struct file *fp = NULL;
	bool lock = !private(fdt);

	if (lock)
		mtx_lock(&fdt->fd_lock);
	if ((unsigned)fd < fdt->fd_size)
		fp = take(fdt, (unsigned)fd);
	if (lock)
		mtx_unlock(&fdt->fd_lock);
	if (fp == NULL)
		return (-EBADF);
	closed(fdt, fp);
	return (0);
}

int
fd_closerange(unsigned first, unsigned last, bool cloexec_only)
{
	struct filedesc *fdt = curthread()->td_fd;
	struct file *fp;
	unsigned fd;

	if (first > last)
		return (-EINVAL);
	for (fd = first; fd <= last; fd++) {
		mtx_lock(&fdt->fd_lock);
		if (fd >= fdt->fd_size) {
			mtx_unlock(&fdt->fd_lock);
			break;
		}
		fp = NULL;
		if (cloexec_only) {
			if (fdt->fd_files[fd] != NULL)
				setbit(fdt->fd_cloexec, fd, true);
		} else
			fp = take(fdt, fd);
		mtx_unlock(&fdt->fd_lock);
		if (fp != NULL)
			closed(fdt, fp);
	}
	return (0);
}

void
fd_cloexec(struct filedesc *fdt)
{
	struct file *fp;
	unsigned i;

	for (i = 0; i < atomic_load(&fdt->fd_size); i++) {
		mtx_lock(&fdt->fd_lock);
		if (fdt->fd_cloexec[i / 64] == 0) {
			i |= 63;
			fp = NULL;
		} else
			fp = bit(fdt->fd_cloexec, i) ? take(fdt, i) : NULL;
		mtx_unlock(&fdt->fd_lock);
		if (fp != NULL)
			closed(fdt, fp);
	}
}

int
fd_getflags(int fd)
{
	struct filedesc *fdt = curthread()->td_fd;
	int r = -EBADF;

	mtx_lock(&fdt->fd_lock);
	if ((unsigned)fd < fdt->fd_size && fdt->fd_files[fd] != NULL)
		r = bit(fdt->fd_cloexec, (unsigned)fd) ? FD_CLOEXEC : 0;
	mtx_unlock(&fdt->fd_lock);
	return (r);
}

int
fd_setflags(int fd, int flags)
{
	struct filedesc *fdt = curthread()->td_fd;
	int r = -EBADF;

	mtx_lock(&fdt->fd_lock);
	if ((unsigned)fd < fdt->fd_size && fdt->fd_files[fd] != NULL) {
		setbit(fdt->fd_cloexec, (unsigned)fd,
		    (flags & FD_CLOEXEC) != 0);
		r = 0;
	}
	mtx_unlock(&fdt->fd_lock);
	return (r);
}

int
fd_next(struct filedesc *fdt, int fd)
{
	unsigned i;
	int r = -1;

	if (fd < 0)
		fd = 0;
	mtx_lock(&fdt->fd_lock);
	for (i = (unsigned)fd; i < fdt->fd_size; i++)
		if (fdt->fd_files[i] != NULL) {
			r = (int)i;
			break;
		}
	mtx_unlock(&fdt->fd_lock);
	return (r);
}
