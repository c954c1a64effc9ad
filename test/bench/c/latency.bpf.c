/*
 * tracepoint:syscalls:sys_enter_read { @start[tid] = nsecs; }
 * tracepoint:syscalls:sys_exit_read /@start[tid]/ { @ns = hist(nsecs - @start[tid]); delete(@start[tid]); }
 */
#include "bench.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_KEYS);
	__type(key, u32);
	__type(value, u64);
} starts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct hist);
} buckets SEC(".maps");

SEC("tracepoint/syscalls/sys_enter_read")
int read_enter(void *ctx)
{
	u32 tid = bpf_get_current_pid_tgid();
	u64 now = bpf_ktime_get_boot_ns();

	bpf_map_update_elem(&starts, &tid, &now, BPF_ANY);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_read")
int read_exit(void *ctx)
{
	u32 zero = 0, slot, tid = bpf_get_current_pid_tgid();
	u64 *start = bpf_map_lookup_elem(&starts, &tid);
	struct hist *hist;

	if (!start || *start == 0)
		return 0;
	slot = bucket(bpf_ktime_get_boot_ns() - *start);
	hist = bpf_map_lookup_elem(&buckets, &zero);
	if (hist && slot < BUCKETS)
		hist->slots[slot]++;
	bpf_map_delete_elem(&starts, &tid);
	return 0;
}
