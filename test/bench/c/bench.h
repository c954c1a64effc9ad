/* What the programs of this folder share: the language's queries, written as one writes them in C. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

typedef __u8 u8;
typedef __u32 u32;
typedef __u64 u64;

char LICENSE[] SEC("license") = "GPL";

/* Records of the tracepoints, after the 8 bytes that all have. */
struct sys_enter {
	u64 common;
	long id;
	unsigned long args[6];
};

#define MAX_KEYS 4096
#define BUCKETS 65

struct hist {
	u64 slots[BUCKETS];
};

/* Bucket of the query language's hist(): below zero, zero, then one for each power of two. */
static __always_inline u32 bucket(long value)
{
	u64 v = value;
	u32 r, shift;

	if (value < 0)
		return 0;
	if (value == 0)
		return 1;
	r = (v > 0xffffffff) << 5;
	v >>= r;
	shift = (v > 0xffff) << 4;
	v >>= shift;
	r |= shift;
	shift = (v > 0xff) << 3;
	v >>= shift;
	r |= shift;
	shift = (v > 0xf) << 2;
	v >>= shift;
	r |= shift;
	shift = (v > 0x3) << 1;
	v >>= shift;
	r |= shift;
	r |= v >> 1;
	return r + 2;
}

static __always_inline void count(void *map, const void *key)
{
	u64 one = 1, *value = bpf_map_lookup_elem(map, key);

	if (value)
		*value += 1;
	else
		bpf_map_update_elem(map, key, &one, BPF_NOEXIST);
}
