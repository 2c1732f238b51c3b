/*
 * fast.S: the entry of patched call sites: no host signal, no host call.
 *
 * A patched site jumps to its trampoline (vm/vm_patch.c), which loads %eax with
 * the number, %rcx with the address to go on at, and jumps here.  Free
 * registers: %r11 (a system call destroys it) and %rcx.  %gs holds the address
 * of the thread's area; when the guest has put something else there, the call
 * goes to the `syscall` bytes before %rcx and traps: the site's, or those that
 * the second form keeps in its trampoline.
 *
 * The frame lies at the top of the kernel stack and takes every register that
 * the guest may see again; what a system call destroys is filled in by those
 * who make a whole context of it (trap.c).  The number stays in its %rax, the
 * result comes back in the real one.  td_where stays GUEST: whoever interrupts
 * us sends a kick, and the kick's handler (trap.c) looks where it hit:
 *	[fast_entry, fast_switched)	the guest's stack is still in use, so the
 *		host's frame has overwritten ours: start over at fast_entry
 *	[fast_check, fast_end)	go to fast_again, which knows that TDF_AST is set;
 *		%rax is the result all the way, the frame is whole, and the stack
 *		pointer is at the frame
 *	but at fast_leave	the context is the guest's but for %rip, which is
 *		in %rcx
 * Flags are not kept, as no compiler expects them to survive a call.
 */
#define AREA_SHIFT	36		/* TAREA_BASE >> 36 tells an area */
#define AREA_TAG	0x648
#define TA_THREAD	0
#define TA_FAST		40		/* top of the area - FAST_FRAME */
#define TD_WHERE	0x48
#define TD_FLAGS	0x4c
#define TDW_GUEST	1
#define TDF_AST		1

	.text
	.globl	fast_entry, fast_switched, fast_check, fast_leave, fast_end
	.globl	fast_again
	.hidden	fast_entry, fast_switched, fast_check, fast_leave, fast_end
	.hidden	fast_again
	.balign	64
	.type	fast_entry, @function
fast_entry:
	rdgsbase %r11
	shr	$AREA_SHIFT, %r11
	cmp	$AREA_TAG, %r11d
	jne	1f
	mov	%rsp, %r11
	mov	%gs:TA_FAST, %rsp
fast_switched:
	mov	%rdi, 64(%rsp)
	mov	%rsi, 72(%rsp)
	mov	%rdx, 96(%rsp)
	mov	%r10, 16(%rsp)
	mov	%r8, (%rsp)
	mov	%r9, 8(%rsp)
	mov	%gs:TA_THREAD, %rdi
	mov	%rsp, %rsi
	mov	%rax, 104(%rsp)
	mov	%rcx, 128(%rsp)
	mov	%r11, 120(%rsp)
	mov	%rbx, 88(%rsp)
	mov	%rbp, 80(%rsp)
	mov	%r12, 32(%rsp)
	mov	%r13, 40(%rsp)
	mov	%r14, 48(%rsp)
	mov	%r15, 56(%rsp)
	mov	%rdi, %rbx
	cld
	call	trap_fastcall
fast_check:
	cmpq	$TDW_GUEST, TD_WHERE(%rbx)	/* and no flag is set */
	jne	2f
3:	mov	64(%rsp), %rdi
	mov	72(%rsp), %rsi
	mov	96(%rsp), %rdx
	mov	16(%rsp), %r10
	mov	(%rsp), %r8
	mov	8(%rsp), %r9
	mov	88(%rsp), %rbx
	mov	128(%rsp), %rcx
	mov	120(%rsp), %rsp
fast_leave:
	jmp	*%rcx

	/* A sleep or a blocking host call was on the way, or a flag is set. */
2:	cmpl	$TDW_GUEST, TD_WHERE(%rbx)
	je	4f
	mov	$TDW_GUEST, %ecx
	xchg	%ecx, TD_WHERE(%rbx)
4:	testl	$TDF_AST, TD_FLAGS(%rbx)
	jz	3b
fast_end:
fast_again:
	mov	%rsp, %rdi
	mov	%rax, %rsi
	xor	%ebp, %ebp
	call	arch_fastagain
	ud2

	/* The guest's own %gs: trap. */
1:	sub	$2, %rcx
	jmp	*%rcx
	.section .note.GNU-stack,"",@progbits
