/* bits.c: what the compiler calls for bit counts on the oldest amd64. */
#include "libkern/types.h"

#ifndef GUISE_HOSTED
int	__popcountdi2(long v);

int
__popcountdi2(long v)
{
	uint64_t x = (uint64_t)v;
	int n = 0;

	for (; x != 0; x &= x - 1)
		n++;
	return (n);
}
#endif
