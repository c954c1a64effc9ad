/* Does nothing: what the measuring itself costs. */
#include "bench.h"

SEC("tracepoint/raw_syscalls/sys_enter")
int empty(void *ctx)
{
	return 0;
}
