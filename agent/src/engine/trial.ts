/** Whether this kernel takes a query: loaded, attached and at once detached again. */
import { RingPoller } from '@bpfscope/native/ringbuf';
import type { CompiledQuery } from '../compiler/program.ts';
import type { Diagnostic } from '../language/diagnostic.ts';
import { liveNames } from './live-names.ts';
import { loadQuery } from './load.ts';
import { Session } from './session.ts';
import { SILENT } from './sink.ts';
import { LiveSymbols } from './symbols.ts';

export interface Trial {
  /** Probes that were attached. */
  readonly probes: number;
  /** What could not be attached and may be missing. */
  readonly warnings: readonly Diagnostic[];
}

/** Throws QueryRefused when the kernel refuses the query, and what loading and attaching throw. */
export async function attachOnce(query: CompiledQuery, symbols = new LiveSymbols()): Promise<Trial> {
  const session = new Session(await loadQuery(query), {
    sink: SILENT,
    poller: new RingPoller(),
    names: (compiled, maps) => liveNames(compiled, maps, symbols),
  });
  try {
    session.start();
    return { probes: session.attachedProbes, warnings: session.warnings };
  } finally {
    session.close();
  }
}
