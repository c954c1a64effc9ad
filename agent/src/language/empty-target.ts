/** The host that knows nothing, for the editor: what depends on the host is left open instead of being an error. */
import type { Target } from './target.ts';

export const emptyTarget: Target = {
  empty: true,
  arch: 'x64',
  kernel: 0,
  possibleCpus: 1,
  onlineCpus: [0],
  pageSize: 4096,
  pidNamespace: null,
  has: () => true,
  btf: null,
  tracepoints: () => [],
  tracepoint: () => null,
  kernelFunctions: () => [],
  kernelSymbol: () => null,
  binaries: () => [],
  cgroupId: () => null,
};
