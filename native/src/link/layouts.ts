import { Layout } from '../sys/layout.ts';

/** BPF_RAW_TRACEPOINT_OPEN; the cookie since Linux 6.10. */
export const RAW_TRACEPOINT = new Layout({ name: 'pointer', prog_fd: 'u32', cookie: 'u64' });

// BPF_LINK_CREATE: the same head, then what the attach type wants.
const HEAD = { prog_fd: 'u32', target_fd: 'u32', attach_type: 'u32', flags: 'u32' } as const;

export const LINK_PERF_EVENT = new Layout({ ...HEAD, bpf_cookie: 'u64' });
export const LINK_TRACING = new Layout({ ...HEAD, target_btf_id: 'u32', cookie: 'u64' });
export const LINK_ITER = new Layout({ ...HEAD, iter_info: 'pointer', iter_info_len: 'u32' });
export const LINK_KPROBE_MULTI = new Layout({
  ...HEAD,
  multi_flags: 'u32',
  cnt: 'u32',
  syms: 'pointer',
  addrs: 'pointer',
  cookies: 'pointer',
});
export const LINK_UPROBE_MULTI = new Layout({
  ...HEAD,
  path: 'pointer',
  offsets: 'pointer',
  ref_ctr_offsets: 'pointer',
  cookies: 'pointer',
  cnt: 'u32',
  multi_flags: 'u32',
  pid: 'u32',
});

/** BPF_OBJ_PIN */
export const OBJ_PIN = new Layout({ pathname: 'pointer', bpf_fd: 'u32', file_flags: 'u32' });

/** BPF_ITER_CREATE */
export const ITER_CREATE = new Layout({ link_fd: 'u32', flags: 'u32' });
