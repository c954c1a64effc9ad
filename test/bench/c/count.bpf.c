/* tracepoint:raw_syscalls:sys_enter { @[comm] = count(); } */
#include "bench.h"

struct comm {
	char name[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, MAX_KEYS);
	__type(key, struct comm);
	__type(value, u64);
} counts SEC(".maps");

SEC("tracepoint/raw_syscalls/sys_enter")
int count_comm(struct sys_enter *ctx)
{
	struct comm key;

	bpf_get_current_comm(key.name, sizeof(key.name));
	count(&counts, &key);
	return 0;
}
