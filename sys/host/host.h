/*
 * host.h: what the kernel may ask of the system below.  The contract; the
 * folder host/linux implements it, host/fake serves the unit tests.
 *
 * Every function returns a value >= 0 or a negative errno, never sets anything
 * else, and never touches a vector register.  Flags and structures are in
 * linux64's encoding.  Descriptors are host descriptors: one table serves all
 * processes of the jail, so a number stored in the arena holds everywhere.
 * No pointer is checked here: the caller has validated guest ranges with
 * user_range_ok(), the host answers EFAULT for unmapped memory.
 *
 * Functions whose name ends in _intr may block.  They mark the thread
 * TDW_HOSTCALL for their duration and are ended by a kick with -EINTR, even
 * when the kick comes just before the call starts (see arch/amd64/hostcall.S).
 * All others must not block for long: no lock rule is attached to them, but a
 * mtx must not be held over _intr ones.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include "libkern/stat.h"
#include "libkern/types.h"

/* --- memory ------------------------------------------------------------- */
long	host_mmap(uaddr_t addr, size_t len, int prot, int flags, int fd,
	    uint64_t off);
int	host_munmap(uaddr_t addr, size_t len);
int	host_mprotect(uaddr_t addr, size_t len, int prot);
long	host_mremap(uaddr_t old, size_t oldlen, size_t newlen, int flags,
	    uaddr_t newaddr);
int	host_madvise(uaddr_t addr, size_t len, int advice);
int	host_msync(uaddr_t addr, size_t len, int flags);
int	host_mincore(uaddr_t addr, size_t len, uaddr_t vec);
int	host_mlock(uaddr_t addr, size_t len);
int	host_munlock(uaddr_t addr, size_t len);
/* A new memory file, closed on exec.  flags: HOST_MEMFD_*. */
#define	HOST_MEMFD_EXEC		1	/* must be mappable for execution */
#define	HOST_MEMFD_SEALS	2
int	host_memfd(const char *name, int flags);

/* --- files -------------------------------------------------------------- */
struct host_iovec {
	uaddr_t	iov_base;
	size_t	iov_len;
};
int	host_openat(int dirfd, const char *path, int flags, int mode);
/* openat2(2): resolve as in RESOLVE_*. */
int	host_openat2(int dirfd, const char *path, int flags, int mode,
	    uint64_t resolve);
int	host_close(int fd);
int	host_dup(int fd);
long	host_read(int fd, void *buf, size_t n);
long	host_write(int fd, const void *buf, size_t n);
long	host_pread(int fd, void *buf, size_t n, int64_t off);
long	host_pwrite(int fd, const void *buf, size_t n, int64_t off);
/* off -1 = current position; rwf = RWF_*. */
long	host_preadv2(int fd, const struct host_iovec *iov, int n, int64_t off,
	    int rwf);
long	host_pwritev2(int fd, const struct host_iovec *iov, int n, int64_t off,
	    int rwf);
int64_t	host_lseek(int fd, int64_t off, int whence);
int	host_fstat(int fd, struct kstat *st);		/* fills st_btim too */
/* flags AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH; st_btim is left zero */
int	host_fstatat(int dirfd, const char *path, struct kstat *st, int flags);
/* statx: also the birth time and attributes. */
int	host_statx(int dirfd, const char *path, int flags, struct kstat *st);
int	host_fstatfs(int fd, struct kstatfs *sf);
long	host_getdents(int fd, void *buf, size_t n);	/* linux_dirent64 */
long	host_readlinkat(int dirfd, const char *path, char *buf, size_t n);
int	host_mkdirat(int dirfd, const char *path, int mode);
int	host_mknodat(int dirfd, const char *path, int mode, uint64_t dev);
int	host_symlinkat(const char *target, int dirfd, const char *path);
int	host_linkat(int odir, const char *old, int ndir, const char *new,
	    int flags);
int	host_unlinkat(int dirfd, const char *path, int flags);
int	host_renameat2(int odir, const char *old, int ndir, const char *new,
	    int flags);
int	host_fchmod(int fd, int mode);
int	host_fchmodat(int dirfd, const char *path, int mode);
int	host_fchownat(int dirfd, const char *path, uint32_t uid, uint32_t gid,
	    int flags);
int	host_utimensat(int dirfd, const char *path,
	    const struct timespec64 ts[2], int flags);
int	host_ftruncate(int fd, int64_t len);
int	host_fallocate(int fd, int mode, int64_t off, int64_t len);
int	host_fsync(int fd);
int	host_fdatasync(int fd);
int	host_sync_file_range(int fd, int64_t off, int64_t n, int flags);
int	host_faccessat(int dirfd, const char *path, int mode, int flags);
long	host_getxattr(const char *path, const char *name, void *v, size_t n);
int	host_setxattr(const char *path, const char *name, const void *v,
	    size_t n, int flags);
long	host_listxattr(const char *path, char *buf, size_t n);
int	host_removexattr(const char *path, const char *name);
long	host_fgetxattr(int fd, const char *name, void *v, size_t n);
int	host_fsetxattr(int fd, const char *name, const void *v, size_t n,
	    int flags);
long	host_flistxattr(int fd, char *buf, size_t n);
int	host_fremovexattr(int fd, const char *name);
int	host_ioctl(int fd, unsigned long cmd, uaddr_t arg);
int	host_fcntl(int fd, int cmd, unsigned long arg);
int	host_pipe2(int fds[2], int flags);
long	host_copy_file_range(int ifd, int64_t *ioff, int ofd, int64_t *ooff,
	    size_t n);

/* --- blocking calls that a kick ends ------------------------------------- */
struct host_pollfd {
	int32_t	fd;
	int16_t	events;
	int16_t	revents;
};
/* deadline: CLOCK_MONOTONIC ns, 0 = none, HOST_NOWAIT = do not block. */
#define	HOST_NOWAIT	((nsec_t)-1)
int	host_poll_intr(struct host_pollfd *fds, unsigned n, nsec_t deadline);
long	host_read_intr(int fd, void *buf, size_t n);
long	host_write_intr(int fd, const void *buf, size_t n);
int	host_open_intr(int dirfd, const char *path, int flags, int mode);
/* Futex on guest memory, as futex(2); for FUTEX_WAIT-like ops. */
long	host_futex_intr(uaddr_t uaddr, int op, uint32_t val, uaddr_t val2,
	    uaddr_t uaddr2, uint32_t val3);
/* futex_waitv(2): vec is an array of struct futex_waitv; abs may be NULL. */
long	host_futex_waitv_intr(const void *vec, unsigned n,
	    const struct timespec64 *abs, int clock);
int	host_nanosleep_intr(int clock, int flags, const struct timespec64 *ts);

/* --- futex -------------------------------------------------------------- */
/* On arena words: sleep while *word == val; not ended by kicks. deadline as
 * above.  0, -EAGAIN, -ETIMEDOUT, -EINTR. */
int	host_futex_wait(uint32_t *word, uint32_t val, nsec_t deadline);
int	host_futex_wake(uint32_t *word, int n);
long	host_futex(uaddr_t uaddr, int op, uint32_t val, uaddr_t val2,
	    uaddr_t uaddr2, uint32_t val3);

/* --- clocks -------------------------------------------------------------- */
int	host_clock_gettime(int clock, struct timespec64 *ts);
int	host_clock_getres(int clock, struct timespec64 *ts);
nsec_t	host_mono_ns(void);
nsec_t	host_real_ns(void);

/* --- event sources that the host keeps ----------------------------------- */
int	host_eventfd(unsigned init, int flags);
int	host_timerfd_create(int clock, int flags);
struct host_itimerspec {
	struct timespec64 it_interval;
	struct timespec64 it_value;
};
int	host_timerfd_settime(int fd, int flags,
	    const struct host_itimerspec *n, struct host_itimerspec *o);
int	host_timerfd_gettime(int fd, struct host_itimerspec *o);
int	host_epoll_create(void);
struct host_epoll_event {
	uint32_t events;
	uint64_t data;
} __attribute__((packed));
int	host_epoll_ctl(int epfd, int op, int fd, struct host_epoll_event *ev);
/* Never blocks. */
int	host_epoll_poll(int epfd, struct host_epoll_event *ev, int n);
/* POSIX timers of this host process; expiry arrives as HOST_SIG_TIMER with
 * cookie in its value (see host_timer_hook in arch/trap.h). */
int	host_timer_create(int clock, uint64_t cookie);
int	host_timer_settime(int id, int flags, const struct host_itimerspec *n,
	    struct host_itimerspec *o);
int	host_timer_gettime(int id, struct host_itimerspec *o);
int	host_timer_getoverrun(int id);
int	host_timer_delete(int id);

/* Interval timers of this host process; expiry comes to trap_timer(). */
struct host_itimerval {			/* struct itimerval: seconds, microseconds */
	int64_t	it_interval[2];
	int64_t	it_value[2];
};
int	host_setitimer(int which, const struct host_itimerval *n,
	    struct host_itimerval *o);
int	host_getitimer(int which, struct host_itimerval *o);

/* --- sockets (always made non-blocking and close-on-exec) ----------------- */
int	host_socket(int domain, int type, int proto);
int	host_bind(int fd, const void *sa, unsigned len);
int	host_connect(int fd, const void *sa, unsigned len);
int	host_listen(int fd, int backlog);
int	host_accept(int fd, void *sa, unsigned *len);
int	host_getsockname(int fd, void *sa, unsigned *len);
int	host_getpeername(int fd, void *sa, unsigned *len);
int	host_setsockopt(int fd, int level, int name, const void *v,
	    unsigned len);
int	host_getsockopt(int fd, int level, int name, void *v, unsigned *len);
int	host_shutdown(int fd, int how);
struct host_msghdr {
	uaddr_t	msg_name;
	uint32_t msg_namelen, pad0;
	uaddr_t	msg_iov;		/* struct host_iovec */
	size_t	msg_iovlen;
	uaddr_t	msg_control;
	size_t	msg_controllen;
	int32_t	msg_flags, pad1;
};
long	host_sendmsg(int fd, const struct host_msghdr *m, int flags);
long	host_recvmsg(int fd, struct host_msghdr *m, int flags);

/* --- processes and threads (arch and kern only) --------------------------- */
int	host_getpid(void);
int	host_gettid(void);
int	host_tgkill(int pid, int tid, int sig);
int	host_kick(int pid, int tid);		/* send the kick signal */
void	host_exit_thread(void) __noret;
void	host_exit_group(int status) __noret;
void	host_set_tid_address(uint32_t *word);
int	host_setname(const char *name);
/* Memory of another host process of the jail: bytes moved (short at the first
 * hole) or an errno. */
long	host_vm_read(int hostpid, uaddr_t addr, void *buf, size_t n);
long	host_vm_write(int hostpid, uaddr_t addr, const void *buf, size_t n);
struct host_rusage {
	nsec_t	ru_utime;
	nsec_t	ru_stime;
	int64_t	ru_maxrss;		/* KiB */
	int64_t	ru_minflt, ru_majflt, ru_inblock, ru_oublock;
	int64_t	ru_nvcsw, ru_nivcsw;
};
#define	HOST_RUSAGE_SELF	0
#define	HOST_RUSAGE_THREAD	1
int	host_getrusage(int who, struct host_rusage *ru);
int	host_sched_yield(void);
int	host_sched_getaffinity(int tid, size_t n, void *mask);
int	host_sched_setaffinity(int tid, size_t n, const void *mask);
/* The nice value of a host thread; only ever raised by an ordinary user. */
int	host_setnice(int tid, int nice);
/* clock_adjtime(2), to read only. */
int	host_adjtimex(int clock, void *timex);
int	host_membarrier(int cmd, unsigned flags, int cpu);
int	host_getcpu(unsigned *cpu, unsigned *node);
int	host_getrlimit(int res, uint64_t *cur, uint64_t *max);
int	host_setrlimit(int res, uint64_t cur, uint64_t max);
struct host_sysinfo {
	int64_t	 uptime;
	uint64_t loads[3];
	uint64_t totalram, freeram, sharedram, bufferram;
	uint64_t totalswap, freeswap;
	uint16_t procs, pad;
	uint64_t totalhigh, freehigh;
	uint32_t mem_unit;
};
int	host_sysinfo(struct host_sysinfo *si);
long	host_getrandom(void *buf, size_t n, unsigned flags);

/* Last words: message to descriptor 2 of the host, then end all. */
void	host_write_err(const char *s, size_t n);

#endif
