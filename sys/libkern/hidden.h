/*
 * hidden.h: included before every kernel source by the build.  All symbols,
 * declared or defined, stay inside guise-kern: references are direct, and the
 * linked kernel needs no relocation table.
 */
#pragma GCC visibility push(hidden)
