/* elf.h: the parts of the ELF format that the kernel reads (elf(5)). */
#ifndef KERN_ELF_H
#define KERN_ELF_H

#include "libkern/types.h"

#define	ELFMAG		"\177ELF"
#define	EI_OSABI	7
#define	ET_EXEC		2
#define	ET_DYN		3
#define	EM_386		3
#define	EM_X86_64	62
#define	PT_LOAD		1
#define	PT_INTERP	3
#define	PT_NOTE		4
#define	PT_GNU_STACK	0x6474e551
#define	PF_X		1
#define	PF_W		2
#define	PF_R		4
#define	NT_ABI_TAG	1

struct elf64_ehdr {
	uint8_t		e_ident[16];
	uint16_t	e_type, e_machine;
	uint32_t	e_version;
	uint64_t	e_entry, e_phoff, e_shoff;
	uint32_t	e_flags;
	uint16_t	e_ehsize, e_phentsize, e_phnum;
	uint16_t	e_shentsize, e_shnum, e_shstrndx;
};
struct elf64_phdr {
	uint32_t	p_type, p_flags;
	uint64_t	p_offset, p_vaddr, p_paddr, p_filesz, p_memsz,
			p_align;
};
struct elf64_nhdr {
	uint32_t	n_namesz, n_descsz, n_type;
};
_Static_assert(sizeof(struct elf64_ehdr) == 64, "Elf64_Ehdr");
_Static_assert(sizeof(struct elf64_phdr) == 56, "Elf64_Phdr");

/* auxiliary vector: the types that ABIs share */
#define	AT_NULL		0
#define	AT_PHDR		3
#define	AT_PHENT	4
#define	AT_PHNUM	5
#define	AT_PAGESZ	6
#define	AT_BASE		7
#define	AT_FLAGS	8
#define	AT_ENTRY	9

#endif
