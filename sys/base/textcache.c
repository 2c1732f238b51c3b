/* textcache.c: the name of a cache file; compiled into kernel and builder. */
#include "base/textcache.h"

#include "libkern/types.h"

static uint64_t
mix(uint64_t h, uint64_t v)
{
	h ^= v;
	h *= 0x9e3779b97f4a7c15ULL;
	return (h ^ (h >> 29));
}

void
tc_name(const struct tc_key *key, char name[TC_NAMELEN])
{
	const uint64_t w[] = { TC_VERSION, key->tk_dev, key->tk_ino,
	    key->tk_size, (uint64_t)key->tk_mtime, (uint64_t)key->tk_ctime };
	uint64_t h[2] = { 0x243f6a8885a308d3ULL, 0x13198a2e03707344ULL };

	for (unsigned i = 0; i < nitems(w); i++) {
		h[0] = mix(h[0], w[i]);
		h[1] = mix(h[1] ^ h[0], w[i] + i);
	}
	for (unsigned i = 0; i < 32; i++)
		name[i] = "0123456789abcdef"[(h[i / 16] >> (i % 16 * 4)) & 15];
	name[32] = '\0';
}
