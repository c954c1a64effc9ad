/** Every system call of a run's life refused in turn: start, read, answer, stop. Nothing may stay, nobody else be harmed. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { possibleCpus } from '@bpfscope/native/procfs';
import { backgroundCloses, installKernel, openHandles } from '@bpfscope/native/sys';
import { FakeKernel } from '@bpfscope/native/testing';
import { testTarget } from '../language/testing/target.ts';
import { Engine } from './engine.ts';
import { EngineError } from './port.ts';

const QUERIES: readonly (readonly [name: string, query: string, lacking: readonly string[]])[] = [
  [
    'scalars and keys',
    'BEGIN { @start = 1; } tracepoint:sched:sched_switch { @n = count(); @by[pid] = sum(1); } END {}',
    [],
  ],
  [
    'events',
    'config = { perf_rb_pages = 16 } tracepoint:sched:sched_switch { printf("%d\\n", pid); @low = min(pid); } interval:s:1 { clear(@low); }',
    [],
  ],
  ['many sites', 'kprobe:vfs_* { @[probe] = count(); } profile:hz:99 { @s[kstack] = count(); }', []],
  [
    'one by one, with perf rings',
    'uprobe:bash:readline, uretprobe:bash:main { printf("%d\\n", pid); } usdt:bash:* { @u[probe] = count(); }',
    ['uprobe_multi', 'uprobe_session', 'ringbuf'],
  ],
  [
    'user programs',
    'uprobe:bash:readline, uprobe:bash:main { @[ustack] = count(); } uretprobe:bash:main { @r = avg(retval); } usdt:bash:* { @u[probe] = count(); }',
    [],
  ],
  [
    'typed functions',
    'fentry:vfs_read, fexit:vfs_write { @[args.count] = count(); } rawtracepoint:sched_switch { @r = count(); }',
    [],
  ],
  [
    'events of the CPUs',
    'software:faults:100 { @s = count(); } hardware:cycles:1000000 { @h = count(); } watchpoint:0x1000:8:w { @w = count(); }',
    [],
  ],
];

/** errno.h: EPERM, EINTR, E2BIG, EAGAIN, ENOMEM, EBUSY, ENOSPC. */
const ERRORS: Readonly<Record<string, number>> = {
  EPERM: -1,
  EINTR: -4,
  E2BIG: -7,
  EAGAIN: -11,
  ENOMEM: -12,
  EBUSY: -16,
  ENOSPC: -28,
};

let kernel: FakeKernel;
let restore: () => void;
let log: string[];

function useFake(): void {
  kernel = new FakeKernel();
  restore = installKernel(kernel);
}

/** What came of it: the refusal's words, or null. */
async function lifeOfARun(query: string, lacking: readonly string[]): Promise<string | null> {
  log = [];
  const has = (feature: string): boolean => !lacking.includes(feature);
  const target = { ...testTarget, possibleCpus: possibleCpus(), has };
  const engine = new Engine({ target: () => target, log: (_, message, detail) => log.push(message, String(detail)) });
  try {
    const result = await engine.start({ query });
    if (!result.ok) return result.diagnostics.map(({ message }) => message).join('; ');
    const { id } = result.run;
    try {
      engine.totals(id);
      engine.answer(id, { from: Date.now() - 5000, to: Date.now() });
    } finally {
      engine.stop(id);
    }
    return null;
  } catch (error) {
    if (error instanceof EngineError) return error.message;
    // The library's words for what the kernel refused while a run is read; the engine's timer ends the run then.
    if (error instanceof Error && error.name === 'SyscallError') return error.message;
    throw error;
  } finally {
    engine.close();
    await backgroundCloses();
  }
}

describe('a run whose system calls fail', () => {
  beforeEach(useFake);
  afterEach(() => restore());

  it.each(QUERIES)(
    'leaves nothing behind: %s',
    async (_, query, lacking) => {
      expect(await lifeOfARun(query, lacking)).toBe(null);
      expect(openHandles()).toEqual([]);
      const calls = [...kernel.calls];
      expect(calls.length).toBeGreaterThan(15);
      const silent: string[] = [];
      for (const [code, errno] of Object.entries(ERRORS)) {
        for (let failing = 1; failing <= calls.length; failing++) {
          restore();
          useFake();
          const name = calls[failing - 1] ?? '';
          // Once is not enough: much is tried in another way, or again.
          kernel.refuse = (call, number) => (number >= failing && call === name ? errno : 0);
          const said = await lifeOfARun(query, lacking);
          const where = `call ${failing} (${name}) failed with ${code}`;
          expect([...kernel.open.values()], where).toEqual([]);
          expect(openHandles(), where).toEqual([]);
          // Where the memory that hides a mapping is refused, the mapping stays until its views are collected.
          if (name !== 'mmap') expect([...kernel.mapped.keys()], where).toEqual([]);
          if (said === null) silent.push(name);
          else if (said !== null) expect(said, where).toMatch(/^[a-z@].*: .*\((E[A-Z0-9]+) from |cannot attach/);
        }
      }
      // What may fail without a word: closing, and hiding a mapping that is closed.
      expect([...new Set(silent)].sort()).toEqual(['close', 'mmap']);
    },
    60_000,
  );
});
