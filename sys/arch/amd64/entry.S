/*
 * entry.S: in and out of the kernel, and switching stacks.
 */
#define TDW_KERN	0
#define TDW_GUEST	1
#define TDF_AST		1
	.text

/*
 * Every host signal arrives here, on the kernel stack: rdi = signal,
 * rsi = siginfo, rdx = ucontext.  A guest may have set the alignment-check flag;
 * the host has cleared the direction flag.
 */
	.globl	hostsig_entry
	.hidden	hostsig_entry
hostsig_entry:
	pushfq
	andl	$~0x40000, (%rsp)
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

/* void arch_call_on(uaddr_t sp, void (*fn)(void *), void *arg): no return. */
	.globl	arch_call_on
	.hidden	arch_call_on
arch_call_on:
	mov	%rdi, %rsp
	mov	%rdx, %rdi
	xor	%ebp, %ebp
	call	*%rsi
	ud2
	.section .note.GNU-stack,"",@progbits
