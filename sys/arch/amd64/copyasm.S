/*
 * copyasm.S: the only instructions of the kernel that may fault on guest
 * memory.  copy_table names each range and where a fault in it continues.
 */
	.macro	fn name
	.globl	\name
	.hidden	\name
	.type	\name, @function
\name:
	.endm

	.text
/* size_t kcopy(void *dst, const void *src, size_t n): bytes NOT copied. */
fn kcopy
	mov	%rdx, %rcx
1:	rep movsb
2:	mov	%rcx, %rax
	ret

/* size_t kzero(void *dst, size_t n): bytes not cleared. */
fn kzero
	mov	%rsi, %rcx
	xor	%eax, %eax
3:	rep stosb
4:	mov	%rcx, %rax
	ret

/* long kstrcopy(char *dst, const char *src, size_t max) */
fn kstrcopy
	xor	%eax, %eax
5:	cmp	%rdx, %rax
	jae	7f
6:	movb	(%rsi,%rax), %cl
	movb	%cl, (%rdi,%rax)
	testb	%cl, %cl
	jz	8f
	inc	%rax
	jmp	5b
7:	mov	$-36, %rax		/* -ENAMETOOLONG */
8:	ret

/* int kfetch64(const void *u, uint64_t *v); kfetch32 likewise. */
fn kfetch64
9:	mov	(%rdi), %rax
	mov	%rax, (%rsi)
	xor	%eax, %eax
	ret
fn kfetch32
10:	mov	(%rdi), %eax
	mov	%eax, (%rsi)
	xor	%eax, %eax
	ret
/* int kstore64(void *u, uint64_t v); kstore32 likewise. */
fn kstore64
11:	mov	%rsi, (%rdi)
	xor	%eax, %eax
	ret
fn kstore32
12:	mov	%esi, (%rdi)
	xor	%eax, %eax
	ret
/* int kcas32(uint32_t *u, uint32_t *old, uint32_t new) */
fn kcas32
	mov	(%rsi), %eax
13:	lock cmpxchg %edx, (%rdi)
	mov	%eax, (%rsi)
	xor	%eax, %eax
	ret

kfault:
	mov	$-14, %rax		/* -EFAULT */
	ret

	.section .rodata
	.globl	copy_table
	.hidden	copy_table
	.balign	8
copy_table:
	.quad	1b, 2b, 2b
	.quad	3b, 4b, 4b
	.quad	6b, 7b, kfault
	.quad	9b, 9b + 3, kfault
	.quad	10b, 10b + 2, kfault
	.quad	11b, 11b + 3, kfault
	.quad	12b, 12b + 2, kfault
	.quad	13b, 13b + 4, kfault
	.quad	0, 0, 0
	.section .note.GNU-stack,"",@progbits
