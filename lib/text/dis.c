/*
 * dis.c: the disassembler, libZydis, as the rest needs it.  The light decoder
 * tells length and kind; the full one, several times slower, what is read and
 * written.
 */
#include <string.h>

#include <Zydis/Zydis.h>

#include "text/internal.h"

static struct {
	bool		ready;
	ZydisDecoder	light, full;
} zy;

bool
text_init(void)
{
	if (zy.ready)
		return (true);
	if (!ZYAN_SUCCESS(ZydisDecoderInit(&zy.light,
	    ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64)) ||
	    !ZYAN_SUCCESS(ZydisDecoderInit(&zy.full,
	    ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64)) ||
	    !ZYAN_SUCCESS(ZydisDecoderEnableMode(&zy.light,
	    ZYDIS_DECODER_MODE_MINIMAL, ZYAN_TRUE)))
		return (false);
	zy.ready = true;
	return (true);
}

static uint8_t
kind_of(const ZydisDecodedInstruction *zi)
{
	switch (zi->mnemonic) {
	case ZYDIS_MNEMONIC_JMP:
		return (zi->raw.imm[0].is_relative ? TK_JMP : TK_JMPIND);
	case ZYDIS_MNEMONIC_CALL:
		return (zi->raw.imm[0].is_relative ? TK_CALL : TK_CALLIND);
	case ZYDIS_MNEMONIC_RET:
		return (TK_RET);
	case ZYDIS_MNEMONIC_SYSCALL:
		return (zi->length == 2 ? TK_SYSCALL : TK_FIXED);
	case ZYDIS_MNEMONIC_CPUID:
		return (zi->length == 2 ? TK_CPUID : TK_FIXED);
	case ZYDIS_MNEMONIC_HLT:
	case ZYDIS_MNEMONIC_UD0:
	case ZYDIS_MNEMONIC_UD1:
	case ZYDIS_MNEMONIC_UD2:
	case ZYDIS_MNEMONIC_INT3:
		return (TK_STOP);
	case ZYDIS_MNEMONIC_STD:
		return (TK_STD);
	/* Far transfers and whoever looks at the program counter or at the
	 * instruction after: left where they are, the next may follow. */
	case ZYDIS_MNEMONIC_SYSENTER:
	case ZYDIS_MNEMONIC_INT:
	case ZYDIS_MNEMONIC_INT1:
	case ZYDIS_MNEMONIC_ENDBR64:
	case ZYDIS_MNEMONIC_ENDBR32:
	case ZYDIS_MNEMONIC_XEND:
	case ZYDIS_MNEMONIC_XABORT:
		return (TK_FIXED);
	case ZYDIS_MNEMONIC_IRET:
	case ZYDIS_MNEMONIC_IRETD:
	case ZYDIS_MNEMONIC_IRETQ:
	case ZYDIS_MNEMONIC_SYSRET:
	case ZYDIS_MNEMONIC_SYSEXIT:
		return (TK_STOP);
	default:
		return (zi->raw.imm[0].is_relative ? TK_LOOP : TK_PLAIN);
	}
}

static bool
has_prefix(const ZydisDecodedInstruction *zi, uint8_t prefix)
{
	for (unsigned i = 0; i < zi->raw.prefix_count; i++)
		if (zi->raw.prefixes[i].value == prefix)
			return (true);
	return (false);
}

/* Where the displacement of a rip-relative operand stands. */
static uint8_t
rip_disp(const ZydisDecodedInstruction *zi)
{
	if ((zi->attributes & ZYDIS_ATTRIB_HAS_MODRM) == 0 ||
	    zi->raw.modrm.mod != 0 || zi->raw.modrm.rm != 5)
		return (0);
	return (zi->raw.disp.offset);
}

static bool
is_jcc(const ZydisDecodedInstruction *zi)
{
	return ((zi->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT &&
	    (zi->opcode & 0xf0) == 0x70) ||
	    (zi->opcode_map == ZYDIS_OPCODE_MAP_0F &&
	    (zi->opcode & 0xf0) == 0x80));
}

bool
dis_insn(const uint8_t *p, size_t n, uint32_t addr, struct tinsn *in)
{
	ZydisDecodedInstruction zi;
	bool odd;

	if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&zy.light, NULL, p, n, &zi)))
		return (false);
	*in = (struct tinsn){ .i_addr = addr, .i_len = zi.length,
	    .i_target = TX_NONE, .i_kind = kind_of(&zi),
	    .i_disp = rip_disp(&zi) };
	if (in->i_kind == TK_LOOP && is_jcc(&zi)) {
		in->i_kind = TK_JCC;
		in->i_cc = zi.opcode & 15;
	}
	if (zi.raw.imm[0].is_relative)
		in->i_target = (uint32_t)(addr + zi.length +
		    (uint64_t)zi.raw.imm[0].value.s);
	/* With an operand size a branch differs between makers; with an
	 * address size a rip-relative operand wraps. */
	odd = (zi.raw.imm[0].is_relative && has_prefix(&zi, 0x66) &&
	    zi.raw.rex.W == 0) ||
	    (in->i_disp != 0 && has_prefix(&zi, 0x67));
	if (odd && in->i_kind == TK_PLAIN)
		in->i_kind = TK_FIXED;
	return (!odd || in->i_kind == TK_FIXED);
}

/* --- what is read and written --------------------------------------------- */

static uint32_t
reg_bit(ZydisRegister r)
{
	switch (ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, r)) {
	case ZYDIS_REGISTER_RCX:
		return (TL_RCX);
	case ZYDIS_REGISTER_R11:
		return (TL_R11);
	default:
		return (0);
	}
}

/* Does it surely write the flags that it names?  Shifts by nothing and string
 * instructions of no length do not. */
static bool
flags_certain(const ZydisDecodedInstruction *zi,
    const ZydisDecodedOperand *op)
{
	if ((zi->attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE |
	    ZYDIS_ATTRIB_HAS_REPNE)) != 0)
		return (false);
	switch (zi->mnemonic) {
	case ZYDIS_MNEMONIC_SHL:
	case ZYDIS_MNEMONIC_SHR:
	case ZYDIS_MNEMONIC_SAR:
	case ZYDIS_MNEMONIC_ROL:
	case ZYDIS_MNEMONIC_ROR:
	case ZYDIS_MNEMONIC_RCL:
	case ZYDIS_MNEMONIC_RCR:
	case ZYDIS_MNEMONIC_SHLD:
	case ZYDIS_MNEMONIC_SHRD:
		for (unsigned i = 1; i < zi->operand_count_visible; i++)
			if (op[i].type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
				return ((op[i].imm.value.u & 31) != 0);
		return (false);
	default:
		return (true);
	}
}

/* xor %ecx,%ecx and its like read nothing. */
static bool
is_zeroing(const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *op)
{
	return ((zi->mnemonic == ZYDIS_MNEMONIC_XOR ||
	    zi->mnemonic == ZYDIS_MNEMONIC_SUB) &&
	    op[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
	    op[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
	    op[0].reg.value == op[1].reg.value);
}

static void
operand_effect(const ZydisDecodedInstruction *zi,
    const ZydisDecodedOperand *op, bool zeroing, uint32_t *reads,
    uint32_t *writes)
{
	uint32_t bit;

	if (op->type == ZYDIS_OPERAND_TYPE_MEMORY) {
		*reads |= reg_bit(op->mem.base) | reg_bit(op->mem.index);
		return;
	}
	if (op->type != ZYDIS_OPERAND_TYPE_REGISTER ||
	    (bit = reg_bit(op->reg.value)) == 0)
		return;
	if ((op->actions & ZYDIS_OPERAND_ACTION_MASK_READ) != 0 && !zeroing)
		*reads |= bit;
	/* A 32-bit write clears the rest. */
	if ((op->actions & ZYDIS_OPERAND_ACTION_WRITE) != 0 && op->size >= 32)
		*writes |= bit;
	(void)zi;
}

bool
dis_effect(const uint8_t *p, size_t n, uint32_t *reads, uint32_t *writes)
{
	ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecodedInstruction zi;
	const ZydisAccessedFlags *fl;
	bool zeroing;

	*reads = *writes = 0;
	if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&zy.full, p, n, &zi, op)))
		return (false);
	if (zi.mnemonic == ZYDIS_MNEMONIC_SYSCALL) {
		*writes = TL_RCX | TL_R11;
		return (true);
	}
	zeroing = is_zeroing(&zi, op);
	for (unsigned i = 0; i < zi.operand_count; i++)
		operand_effect(&zi, &op[i], zeroing, reads, writes);
	if ((fl = zi.cpu_flags) == NULL)
		return (true);
	*reads |= (uint32_t)fl->tested & TL_FLAGS;
	/* "Undefined" may mean unchanged (OF of a rotation), but not for AF,
	 * of which each test and each logical instruction says so. */
	if (flags_certain(&zi, op))
		*writes |= (uint32_t)(fl->modified | fl->set_0 | fl->set_1 |
		    (fl->undefined & ZYDIS_CPUFLAG_AF)) & TL_FLAGS;
	return (true);
}
