/* tracepoint:raw_syscalls:sys_enter { @ = hist(args.id); } */
#include "bench.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct hist);
} buckets SEC(".maps");

SEC("tracepoint/raw_syscalls/sys_enter")
int hist_field(struct sys_enter *ctx)
{
	u32 zero = 0;
	struct hist *hist = bpf_map_lookup_elem(&buckets, &zero);
	u32 slot = bucket(ctx->id);

	if (hist && slot < BUCKETS)
		hist->slots[slot]++;
	return 0;
}
