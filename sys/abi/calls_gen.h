/*
 * calls_gen.h: expands the rows of abi/calls/<area>.def.  Include it after
 * defining CALL and MISS; it includes every area once and undefines both.
 * Helpers for the ARGS column: A0() .. A6(kind, name, ...).
 */
#include "abi/calls/file.def"
#include "abi/calls/proc.def"
#include "abi/calls/sig.def"
#include "abi/calls/vm.def"
#include "abi/calls/ipc.def"
#include "abi/calls/net.def"
#include "abi/calls/time.def"
#include "abi/calls/missing.def"
#include "abi/calls/freebsd.def"
#undef CALL
#undef MISS
