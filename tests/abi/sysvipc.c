/*
 * System V shared memory, semaphores and message queues; POSIX queues and
 * named shared memory.
 */
#include "abitest.h"

#include <mqueue.h>
#include <semaphore.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

static void
case_shm(void)
{
	struct shmid_ds ds;
	char *p, *q;
	int id;

	RET(id = shmget(IPC_PRIVATE, 10000, IPC_CREAT | 0600));
	if (id < 0)
		return;
	p = shmat(id, NULL, 0);
	q = shmat(id, NULL, SHM_RDONLY);
	YES(p != (void *)-1 && q != (void *)-1 && p != q);
	p[0] = 'x';
	say("%c\n", q[0]);
	VAL(shmctl(id, IPC_STAT, &ds));
	say("%zu %lu %o\n", ds.shm_segsz, (unsigned long)ds.shm_nattch,
	    ds.shm_perm.mode & 0777);
	CHILD(VAL(shmctl(id, IPC_STAT, &ds));
	    say("%lu\n", (unsigned long)ds.shm_nattch); p[1] = 'y');
	say("%c\n", q[1]);
	VAL(shmdt(q));
	VAL(shmdt(q));
	VAL(shmctl(id, IPC_RMID, NULL));
	p[2] = 'z';
	CHILD(say("%c\n", p[2]));
	VAL(shmdt(p));
	VAL(shmctl(id, IPC_STAT, &ds));
	VAL(shmget(IPC_PRIVATE, 0, IPC_CREAT | 0600));
	RET(shmat(id, NULL, 0));
}

static void
case_shm_key(void)
{
	key_t key = 0x41000000 | (getpid() & 0xffffff);
	int id = -1;

	RET(id = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600));
	if (id < 0)
		return;
	VAL(shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600));
	YES(shmget(key, 4096, 0) == id);
	VAL(shmget(key, 8192, 0));
	VAL(shmctl(id, IPC_RMID, NULL));
	VAL(shmget(key, 4096, 0));
}

static void
case_sem(void)
{
	struct sembuf op;
	int id = -1;
	pid_t pid;

	RET(id = semget(IPC_PRIVATE, 2, IPC_CREAT | 0600));
	if (id < 0)
		return;
	VAL(semctl(id, 0, SETVAL, 1));
	VAL(semctl(id, 0, GETVAL));
	op = (struct sembuf){ 0, -1, SEM_UNDO };
	VAL(semop(id, &op, 1));
	op.sem_flg = IPC_NOWAIT;
	VAL(semop(id, &op, 1));
	op = (struct sembuf){ 5, -1, 0 };
	VAL(semop(id, &op, 1));
	pid = fork();
	if (pid == 0) {
		op = (struct sembuf){ 0, -1, 0 };
		VAL(semop(id, &op, 1));
		_exit(3);
	}
	wait_asleep(pid);
	VAL(semctl(id, 0, GETNCNT));
	say("parent posts\n");
	op = (struct sembuf){ 0, 1, 0 };
	MUST(semop(id, &op, 1));
	abi_reap(pid);
	/* An undo at the end of a process. */
	CHILD(op = (struct sembuf){ 1, 5, SEM_UNDO };
	    VAL(semop(id, &op, 1)); VAL(semctl(id, 1, GETVAL)));
	VAL(semctl(id, 1, GETVAL));
	VAL(semctl(id, 0, IPC_RMID));
	VAL(semctl(id, 0, GETVAL));
}

static void
case_msg(void)
{
	struct { long type; char text[16]; } m = { 3, "three" };
	int id = -1;

	RET(id = msgget(IPC_PRIVATE, IPC_CREAT | 0600));
	if (id < 0)
		return;
	VAL(msgsnd(id, &m, 6, 0));
	m.type = 1;
	strcpy(m.text, "one");
	VAL(msgsnd(id, &m, 4, 0));
	m.type = 0;
	VAL(msgsnd(id, &m, 4, 0));
	VAL(msgrcv(id, &m, 16, 1, 0));
	say("%ld %s\n", m.type, m.text);
	VAL(msgrcv(id, &m, 16, 9, IPC_NOWAIT));
	VAL(msgrcv(id, &m, 2, 0, 0));
	VAL(msgrcv(id, &m, 16, 0, 0));
	say("%ld %s\n", m.type, m.text);
	VAL(msgctl(id, IPC_RMID, NULL));
	VAL(msgsnd(id, &m, 4, 0));
}

static void
case_posix_shm(void)
{
	char name[64], *p;
	int fd;

	snprintf(name, sizeof(name), "/abitest-%d", getpid());
	RET(fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600));
	if (fd < 0)
		return;
	VAL(shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600));
	VAL(ftruncate(fd, 4096));
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHILD(int f = shm_open(name, O_RDWR, 0);
	    char *q = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, f,
	    0); q[0] = 'c');
	say("%c\n", p[0]);
	VAL(shm_unlink(name));
	VAL(shm_unlink(name));
}

static void
case_posix_sem(void)
{
	char name[64];
	sem_t *s;

	snprintf(name, sizeof(name), "/abitest-%d", getpid());
	s = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
	YES(s != SEM_FAILED);
	if (s == SEM_FAILED)
		return;
	CHILD(sem_t *t = sem_open(name, 0); sem_post(t));
	VAL(sem_wait(s));
	VAL(sem_trywait(s));
	VAL(sem_unlink(name));
}

static void
case_mqueue(void)
{
	struct mq_attr at = { 0, 4, 32, 0, { 0 } };
	char name[64], buf[32] = "";
	unsigned prio;
	mqd_t q;

	snprintf(name, sizeof(name), "/abitest-%d", getpid());
	RET(q = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &at));
	if (q < 0)
		return;
	VAL(mq_send(q, "low", 3, 1));
	VAL(mq_send(q, "high", 4, 9));
	VAL(mq_receive(q, buf, 32, &prio));
	say("%s %u\n", buf, prio);
	VAL(mq_receive(q, buf, 2, &prio));
	VAL(mq_getattr(q, &at));
	say("%ld %ld %ld\n", at.mq_maxmsg, at.mq_msgsize, at.mq_curmsgs);
	memset(buf, 0, sizeof(buf));
	VAL(read(q, buf, 10));
	say("%s\n", buf);
	VAL(lseek(q, 0, SEEK_CUR));
	VAL(read(q, buf, 31));
	say("%s\n", buf);
	VAL(pread(q, buf, 31, 6));
	say("%.10s\n", buf);
	VAL(lseek(q, 1000, SEEK_SET));
	VAL(read(q, buf, 31));
	VAL(write(q, buf, 1));
	VAL(mq_unlink(name));
}

CASES("sysvipc",
	CASE(shm), CASE(shm_key), CASE(sem), CASE(msg), CASE(posix_shm),
	CASE(posix_sem), CASE(mqueue));
