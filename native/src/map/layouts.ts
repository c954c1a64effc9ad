import { Layout } from '../sys/layout.ts';

/** BPF_MAP_CREATE part of `union bpf_attr`. */
export const CREATE = new Layout({
  map_type: 'u32',
  key_size: 'u32',
  value_size: 'u32',
  max_entries: 'u32',
  map_flags: 'u32',
  inner_map_fd: 'u32',
  numa_node: 'u32',
  map_name: 'bytes16',
  map_ifindex: 'u32',
  btf_fd: 'u32',
  btf_key_type_id: 'u32',
  btf_value_type_id: 'u32',
});

/** BPF_MAP_*_ELEM; `value` is also `next_key`. */
export const ELEMENT = new Layout({ map_fd: 'u32', key: 'pointer', value: 'pointer', flags: 'u64' });

/** BPF_MAP_*_BATCH. */
export const BATCH = new Layout({
  in_batch: 'pointer',
  out_batch: 'pointer',
  keys: 'pointer',
  values: 'pointer',
  count: 'u32',
  map_fd: 'u32',
  elem_flags: 'u64',
  flags: 'u64',
});

/** `struct bpf_map_info` */
export const MAP_INFO = new Layout({
  type: 'u32',
  id: 'u32',
  key_size: 'u32',
  value_size: 'u32',
  max_entries: 'u32',
  map_flags: 'u32',
  name: 'bytes16',
});
