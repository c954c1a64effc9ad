import { Layout } from '../sys/layout.ts';

/** BPF_PROG_LOAD part of `union bpf_attr`. */
export const LOAD = new Layout({
  prog_type: 'u32',
  insn_cnt: 'u32',
  insns: 'pointer',
  license: 'pointer',
  log_level: 'u32',
  log_size: 'u32',
  log_buf: 'pointer',
  kern_version: 'u32',
  prog_flags: 'u32',
  prog_name: 'bytes16',
  prog_ifindex: 'u32',
  expected_attach_type: 'u32',
  prog_btf_fd: 'u32',
  func_info_rec_size: 'u32',
  func_info: 'pointer',
  func_info_cnt: 'u32',
  line_info_rec_size: 'u32',
  line_info: 'pointer',
  line_info_cnt: 'u32',
  attach_btf_id: 'u32',
  /** Also attach_btf_obj_fd. */
  attach_prog_fd: 'u32',
});

/** BPF_BTF_LOAD */
export const BTF_LOAD = new Layout({
  btf: 'pointer',
  btf_log_buf: 'pointer',
  btf_size: 'u32',
  btf_log_size: 'u32',
  btf_log_level: 'u32',
});

/** BPF_PROG_TEST_RUN */
export const TEST_RUN = new Layout({
  prog_fd: 'u32',
  retval: 'u32',
  data_size_in: 'u32',
  data_size_out: 'u32',
  data_in: 'pointer',
  data_out: 'pointer',
  repeat: 'u32',
  duration: 'u32',
  ctx_size_in: 'u32',
  ctx_size_out: 'u32',
  ctx_in: 'pointer',
  ctx_out: 'pointer',
  flags: 'u32',
  cpu: 'u32',
});

/** BPF_ENABLE_STATS */
export const STATS = new Layout({ type: 'u32' });

/** `struct bpf_prog_info`; a bit field takes the word after `ifindex`. */
export const PROG_INFO = new Layout({
  type: 'u32',
  id: 'u32',
  tag: 'bytes8',
  jited_prog_len: 'u32',
  xlated_prog_len: 'u32',
  jited_prog_insns: 'u64',
  xlated_prog_insns: 'u64',
  load_time: 'u64',
  created_by_uid: 'u32',
  nr_map_ids: 'u32',
  map_ids: 'u64',
  name: 'bytes16',
  ifindex: 'u32',
  gpl_compatible: 'u32',
  netns_dev: 'u64',
  netns_ino: 'u64',
  nr_jited_ksyms: 'u32',
  nr_jited_func_lens: 'u32',
  jited_ksyms: 'u64',
  jited_func_lens: 'u64',
  btf_id: 'u32',
  func_info_rec_size: 'u32',
  func_info: 'u64',
  nr_func_info: 'u32',
  nr_line_info: 'u32',
  line_info: 'u64',
  jited_line_info: 'u64',
  nr_jited_line_info: 'u32',
  line_info_rec_size: 'u32',
  jited_line_info_rec_size: 'u32',
  nr_prog_tags: 'u32',
  prog_tags: 'u64',
  run_time_ns: 'u64',
  run_cnt: 'u64',
  recursion_misses: 'u64',
  verified_insns: 'u32',
  attach_btf_obj_id: 'u32',
  attach_btf_id: 'u32',
});
