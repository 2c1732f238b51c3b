/*
 * fast.S: the entry of patched call sites: no host signal, no host call.
 *
 * A patched site jumps to its trampoline (vm/vm_patch.c), which loads %eax with
 * the number, %rcx with the address behind the site's `syscall`, and jumps
 * here.  Free registers: %r11 (a system call destroys it) and %rcx.  %gs holds
 * the address of the thread's area; when the guest has put something else
 * there, the call goes to the `syscall` bytes before %rcx and traps: the site's,
 * or those that the second form keeps in its trampoline.
 *
 * The frame lies at the top of the kernel stack.  td_where stays GUEST: whoever
 * interrupts us sends a kick, and the kick's handler (trap.c) looks where it
 * hit:
 *	[fast_entry, fast_switched)	the guest's stack is still in use, so the
 *		host's frame has overwritten ours: start over at fast_entry
 *	[fast_check, fast_leave)	go to fast_again, which sees TDF_AST
 *	at fast_leave			the context is the guest's but for %rip,
 *		which is in %rcx
 * Flags are not kept, as no compiler expects them to survive a call.
 */
#define TAREA_SIZE	0x20000
#define AREA_SHIFT	39		/* TAREA_BASE >> 39 tells an area */
#define AREA_TAG	0xca
#define FRAME		208		/* struct trapframe, rounded up */
#define TDW_GUEST	1
#define TDF_AST		1

	.text
	.globl	fast_entry, fast_switched, fast_check, fast_leave, fast_again
	.hidden	fast_entry, fast_switched, fast_check, fast_leave, fast_again
fast_entry:
	rdgsbase %r11
	shr	$AREA_SHIFT, %r11
	cmp	$AREA_TAG, %r11d
	jne	1f
	rdgsbase %r11
	lea	(TAREA_SIZE - FRAME)(%r11), %r11
	mov	%r8, (%r11)
	mov	%r9, 8(%r11)
	mov	%r10, 16(%r11)
	movq	$0x202, 24(%r11)
	mov	%r12, 32(%r11)
	mov	%r13, 40(%r11)
	mov	%r14, 48(%r11)
	mov	%r15, 56(%r11)
	mov	%rdi, 64(%r11)
	mov	%rsi, 72(%r11)
	mov	%rbp, 80(%r11)
	mov	%rbx, 88(%r11)
	mov	%rdx, 96(%r11)
	mov	%rax, 104(%r11)
	mov	%rcx, 112(%r11)
	mov	%rsp, 120(%r11)
	mov	%rcx, 128(%r11)
	movq	$0x202, 136(%r11)
	mov	%r11, %rsp
fast_switched:
	cld
	mov	%rsp, %rdi
	xor	%ebp, %ebp
	call	arch_fastcall
	mov	-(TAREA_SIZE - FRAME - 16)(%rsp), %rdi	/* &td_where */
	mov	-(TAREA_SIZE - FRAME - 24)(%rsp), %rsi	/* &td_flags */
	cmpl	$TDW_GUEST, (%rdi)
	jne	2f
fast_check:
	testl	$TDF_AST, (%rsi)
	jnz	fast_again
	mov	(%rsp), %r8
	mov	8(%rsp), %r9
	mov	16(%rsp), %r10
	mov	64(%rsp), %rdi
	mov	72(%rsp), %rsi
	mov	80(%rsp), %rbp
	mov	96(%rsp), %rdx
	mov	104(%rsp), %rax
	mov	128(%rsp), %rcx
	mov	120(%rsp), %rsp
fast_leave:
	jmp	*%rcx

	/* The guest's own %gs: trap. */
1:	sub	$2, %rcx
	jmp	*%rcx
	/* A sleep or a blocking host call was on the way. */
2:	mov	$TDW_GUEST, %eax
	xchg	%eax, (%rdi)
	jmp	fast_check
fast_again:
	mov	%rsp, %rdi
	xor	%ebp, %ebp
	call	arch_fastagain
	ud2
	.section .note.GNU-stack,"",@progbits
