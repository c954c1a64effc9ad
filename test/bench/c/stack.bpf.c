/* tracepoint:raw_syscalls:sys_enter { @[kstack] = count(); } */
#include "bench.h"

#define DEPTH 127

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 16384);
	__uint(key_size, sizeof(u32));
	__uint(value_size, DEPTH * sizeof(u64));
} stacks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, MAX_KEYS);
	__type(key, u64);
	__type(value, u64);
} counts SEC(".maps");

SEC("tracepoint/raw_syscalls/sys_enter")
int count_stack(struct sys_enter *ctx)
{
	u64 id = bpf_get_stackid(ctx, &stacks, 0);

	count(&counts, &id);
	return 0;
}
