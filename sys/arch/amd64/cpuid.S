/*
 * cpuid.S: what patched `cpuid` sites jump to (base/cpuid.h, textcache.h), and
 * the two entries whose addresses are fixed.
 *
 * In: %eax, %ecx as for the instruction, %rdx the address behind it.  Only the
 * four registers of the result and the flags change; the guest's stack is not
 * touched (its red zone is live).  The inputs are kept in the thread's area, so
 * that a signal on the way can undo the attempt (cpuid_undo in trap.c): the
 * guest then stands before a real `cpuid`, two bytes before the return address,
 * where a leaf that the table does not hold goes too.
 *
 *	[cpuid_entry, cpuid_saved)	%rax, %rcx and %rdx are as they came
 *	[cpuid_saved, cpuid_native)	they are in the area
 *	[cpuid_native, cpuid_end)	as they came; at the last instruction
 *		%rdx is the address of the `cpuid`
 */
#define AREA_SHIFT	36
#define AREA_TAG	0x648
#define TA_CPUID	128		/* ta_cpuid */
#define ROOT_CPUID	0x649000000000+0xc0	/* r_sub[KROOT_CPUID] */
#define CPUNODE_SEG	0x7b		/* its limit holds the CPU's number */
#define CT_NCPU		2048
#define NOTLEAF		0x3fffffc0

	.section .entry,"ax",@progbits
	.globl	tc_callentry, tc_cpuidentry
	.hidden	tc_callentry, tc_cpuidentry
tc_callentry:
	jmp	fast_entry
	.balign	16, 0xcc
tc_cpuidentry:
	jmp	cpuid_entry
	.balign	16, 0xcc

	.text
	.globl	cpuid_entry, cpuid_saved, cpuid_native, cpuid_last, cpuid_end
	.hidden	cpuid_entry, cpuid_saved, cpuid_native, cpuid_last, cpuid_end
	.balign	64
	.type	cpuid_entry, @function
cpuid_entry:
	rdgsbase %rbx
	shr	$AREA_SHIFT, %rbx
	cmp	$AREA_TAG, %ebx
	jne	cpuid_native
	test	$NOTLEAF, %eax
	jnz	cpuid_native
	mov	%rax, %gs:TA_CPUID
	mov	%rcx, %gs:TA_CPUID+8
	mov	%rdx, %gs:TA_CPUID+16
cpuid_saved:
	mov	%eax, %ebx
	shr	$24, %ebx
	or	%al, %bl
	movabs	$ROOT_CPUID, %rax
	mov	(%rax), %rax
	test	%rax, %rax
	jz	2f
	lea	(%rax,%rbx,8), %rbx
	movswl	6(%rbx), %edx		/* cd_submask */
	and	%edx, %ecx
	movzwl	2(%rbx), %edx		/* cd_nsub */
	cmp	%edx, %ecx
	jae	2f
	movzwl	(%rbx), %edx		/* cd_row */
	add	%edx, %ecx
	cmpw	$0, 4(%rbx)		/* cd_stride */
	je	1f
	mov	$CPUNODE_SEG, %edx
	lsl	%edx, %edx
	and	$0xfff, %edx
	cmp	CT_NCPU(%rax), %edx
	jae	2f
	movzwl	4(%rbx), %ebx
	imul	%ebx, %edx
	add	%edx, %ecx
1:	shl	$4, %rcx
	add	%rcx, %rax
	cmpl	$-1, (%rax)
	je	2f
	mov	4(%rax), %ebx
	mov	8(%rax), %ecx
	mov	12(%rax), %edx
	mov	(%rax), %eax
	jmp	*%gs:TA_CPUID+16
2:	mov	%gs:TA_CPUID, %rax
	mov	%gs:TA_CPUID+8, %rcx
	mov	%gs:TA_CPUID+16, %rdx
cpuid_native:
	lea	-2(%rdx), %rdx
cpuid_last:
	jmp	*%rdx
cpuid_end:
	.section .note.GNU-stack,"",@progbits
