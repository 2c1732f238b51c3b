/*
 * entry.S: in and out of the kernel, and switching stacks.
 */
#define TDW_KERN	0
#define TDW_GUEST	1
#define TDF_AST		1
#define TD_WHERE	0x48
#define TD_FLAGS	0x4c
#define TA_RIP		32
	.text

/*
 * Every host signal arrives here, on the kernel stack: rdi = signal,
 * rsi = siginfo, rdx = ucontext.  A guest may have set the alignment-check flag;
 * the host has cleared the direction flag.
 */
	.globl	hostsig_entry
	.hidden	hostsig_entry
	.type	hostsig_entry, @function
hostsig_entry:
	pushfq
	testl	$0x40000, (%rsp)
	jnz	1f
	lea	8(%rsp), %rsp
	jmp	arch_hostsig
1:	andl	$~0x40000, (%rsp)
	popfq
	jmp	arch_hostsig

/*
 * void user_return(struct host_ucontext *uc, uint32_t *where, uint32_t *flags)
 *
 * Leave through the host's sigreturn.  Once td_where says GUEST, a thread that
 * interrupts us sends a kick; one that lands between here and the call goes to
 * user_return_again, so no interrupt is ever lost.  The stack pointer is at uc
 * from the start: a kick's own frame then lies below it, over what is dead.
 */
	.globl	user_return, user_return_begin, user_return_end
	.globl	user_return_again
	.hidden	user_return, user_return_begin, user_return_end
	.hidden	user_return_again
	.type	user_return, @function
user_return:
	mov	%rdi, %rsp
	mov	$TDW_GUEST, %eax
user_return_begin:
	xchgl	%eax, (%rsi)
	testl	$TDF_AST, (%rdx)
	jnz	user_return_again
	mov	$15, %eax
user_return_end:
	syscall
	ud2
user_return_again:
	mov	%rsp, %rdi
	xor	%ebp, %ebp
	call	arch_return_again
	ud2

/*
 * void user_direct(struct trapframe *tf, void *fp, uint64_t features,
 *     struct thread *td)
 *
 * Leave without the host: load the extended state, the flags and the registers
 * and jump to ta_rip.  As above, but nothing is lost either way: fp, the frame
 * and all that lies above it stay whole, since host signals' frames go below the
 * stack pointer, which is at the frame until it becomes the guest's.
 *	[direct_begin, direct_leave)	a kick goes to direct_again
 *	at direct_leave			the context is the guest's but for %rip
 */
	.globl	user_direct, direct_begin, direct_leave, direct_again
	.hidden	user_direct, direct_begin, direct_leave, direct_again
	.type	user_direct, @function
user_direct:
	mov	%rdi, %rsp
	mov	%rcx, %r8
	mov	%edx, %eax
	shr	$32, %rdx
	xrstor64 (%rsi)
	mov	$TDW_GUEST, %eax
direct_begin:
	xchgl	%eax, TD_WHERE(%r8)
	testl	$TDF_AST, TD_FLAGS(%r8)
	jnz	direct_again
	pushq	136(%rsp)
	popfq
	mov	(%rsp), %r8
	mov	8(%rsp), %r9
	mov	16(%rsp), %r10
	mov	24(%rsp), %r11
	mov	32(%rsp), %r12
	mov	40(%rsp), %r13
	mov	48(%rsp), %r14
	mov	56(%rsp), %r15
	mov	64(%rsp), %rdi
	mov	72(%rsp), %rsi
	mov	80(%rsp), %rbp
	mov	88(%rsp), %rbx
	mov	96(%rsp), %rdx
	mov	104(%rsp), %rax
	mov	112(%rsp), %rcx
	mov	120(%rsp), %rsp
direct_leave:
	jmp	*%gs:TA_RIP
direct_again:
	cld
	and	$-16, %rsp
	xor	%ebp, %ebp
	call	arch_direct_again
	ud2

/* void arch_call_on(uaddr_t sp, void (*fn)(void *), void *arg): no return. */
	.globl	arch_call_on
	.hidden	arch_call_on
	.type	arch_call_on, @function
arch_call_on:
	mov	%rdi, %rsp
	mov	%rdx, %rdi
	xor	%ebp, %ebp
	call	*%rsi
	ud2
/*
 * void arch_switch(uaddr_t *save, uaddr_t sp, void (*fn)(void *), void *arg)
 * Call fn(arg), which never returns, on the stack at sp; return when somebody
 * calls arch_switchback(*save).
 */
	.globl	arch_switch, arch_switchback
	.hidden	arch_switch, arch_switchback
	.type	arch_switch, @function
arch_switch:
	push	%rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, (%rdi)
	mov	%rsi, %rsp
	mov	%rcx, %rdi
	xor	%ebp, %ebp
	call	*%rdx
	ud2
	.type	arch_switchback, @function
arch_switchback:
	mov	%rdi, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	ret
	.section .note.GNU-stack,"",@progbits
