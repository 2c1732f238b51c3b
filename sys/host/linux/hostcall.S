/*
 * hostcall.S: host calls that a kick ends, and starting host threads.
 *
 * host_intr_stub tests TDF_AST and then makes the call.  A kick that finds the
 * instruction pointer in [host_intr_begin, host_intr_syscall] moves it to
 * host_intr_abort, so a kick just before the call is as good as one in it.
 */
	.text
	.globl	host_intr_stub, host_intr_begin, host_intr_syscall
	.globl	host_intr_abort
	.hidden	host_intr_stub, host_intr_begin, host_intr_syscall
	.hidden	host_intr_abort
	.type	host_intr_stub, @function
host_intr_stub:
	mov	%rdi, %rax
	mov	%rsi, %rdi
	mov	%rdx, %rsi
	mov	%rcx, %rdx
	mov	%r8, %r10
	mov	%r9, %r8
	mov	8(%rsp), %r9
	mov	16(%rsp), %rcx
host_intr_begin:
	testl	$1, (%rcx)		/* TDF_AST */
	jnz	host_intr_abort
host_intr_syscall:
	syscall
	ret
host_intr_abort:
	mov	$-4, %rax		/* -EINTR */
	ret

/* long host_thread_clone(uaddr_t stack, int *hosttid, uint32_t *alive) */
	.globl	host_thread_clone
	.hidden	host_thread_clone
	.type	host_thread_clone, @function
host_thread_clone:
	mov	%rdx, %r10		/* CLONE_CHILD_CLEARTID */
	mov	%rsi, %rdx		/* CLONE_PARENT_SETTID */
	mov	%rdi, %rsi
	/* VM FS FILES SIGHAND THREAD SYSVSEM PARENT_SETTID CHILD_CLEARTID */
	mov	$0x00350f00, %edi
	xor	%r8d, %r8d
	mov	$56, %eax
	syscall
	test	%rax, %rax
	jz	1f
	ret
1:	xor	%ebp, %ebp
	pop	%rax
	pop	%rdi
	call	*%rax
	ud2

	.globl	host_sigrestorer
	.hidden	host_sigrestorer
	.type	host_sigrestorer, @function
host_sigrestorer:
	mov	$15, %eax		/* rt_sigreturn */
	syscall
	ud2
	.section .note.GNU-stack,"",@progbits
