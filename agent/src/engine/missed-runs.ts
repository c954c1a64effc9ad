/** Runs of programs that the kernel skipped: of what recurs, and of what comes while another program runs on that CPU. */
export const missedRunsText = (count: number): string =>
  `${count} run${count === 1 ? '' : 's'} of probes ${count === 1 ? 'was' : 'were'} skipped by the kernel: their CPU was running another BPF program`;
