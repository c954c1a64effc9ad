/** print and clear while programs count: what is printed adds up to what was counted, to the one. */
import { describe, expect, it } from 'vitest';
import { Engine, hostTarget } from '@bpfscope/agent/engine';
import { DD, DD_PATH, run, runCli } from './cli.ts';

const root = process.getuid?.() === 0;
const COUNT = 400_000;
/** Writes as fast as it can; on its way it is moved from CPU to CPU. */
const COMMAND = `${DD_PATH} if=/dev/zero of=/dev/null bs=1 count=${COUNT} status=none`;
const WRITES = 'tracepoint:syscalls:sys_enter_write /pid == cpid/';

interface Line {
  readonly type: string;
  readonly name?: string;
  readonly entries?: readonly { readonly value: number | readonly { readonly count: number }[] }[];
}

/** Of everything that was printed: how often, and the sum. */
async function printed(query: string): Promise<{ prints: number; sum: number }> {
  const { stdout, stderr, code } = await runCli(['run', '-q', '-f', 'ndjson', '-c', COMMAND, '-e', query]);
  expect([stderr, code]).toEqual(['', 0]);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  let sum = 0;
  const maps = lines.filter(({ type }) => type === 'map');
  for (const { entries } of maps) {
    for (const { value } of entries ?? []) {
      sum += typeof value === 'number' ? value : value.reduce((total, { count }) => total + count, 0);
    }
  }
  return { prints: maps.length, sum };
}

describe.skipIf(!root)('print and clear (needs root)', () => {
  it.each([
    ['count', '@ = count();', 'clear'],
    ['keyed count', '@[cpu, comm] = count();', 'clear'],
    ['hist', '@ = hist(args.count);', 'clear'],
    ['keyed hist', '@[cpu] = hist(args.count);', 'clear'],
    ['lhist', '@ = lhist(args.count, 0, 10, 1);', 'clear'],
    ['sum', '@[cpu] = sum(args.count);', 'clear'],
    ['count', '@ = count();', 'zero'],
    ['keyed count', '@[cpu] = count();', 'zero'],
  ])('loses and doubles nothing: %s %s %s', async (_, aggregate, empty) => {
    const query = `${WRITES} { ${aggregate} } interval:ms:50 { print(@); ${empty}(@); }`;
    const { prints, sum } = await printed(query);
    expect(prints).toBeGreaterThan(2);
    expect(sum).toBe(COUNT);
  });

  it('loses and doubles nothing of what programs read too', async () => {
    const { prints, sum } = await printed(
      `${WRITES} { @ = count(); } interval:ms:50 { if ((uint64)@ > 0) { print(@); clear(@); } }`,
    );
    expect(prints).toBeGreaterThan(2);
    expect(sum).toBe(COUNT);
  });

  it.each(['@ = count();', '@[cpu] = count();', '@ = hist(args.count);'])(
    'loses and doubles nothing in the history of a run: %s',
    async (aggregate) => {
      const engine = new Engine({ target: hostTarget, stepMs: 100 });
      try {
        const count = `tracepoint:syscalls:sys_enter_write /comm == "${DD}"/ { ${aggregate} }`;
        const started = await engine.start({ query: `${count} interval:ms:10 { print(@); clear(@); }` });
        if (!started.ok) throw new Error(JSON.stringify(started.diagnostics));
        const { id } = started.run;
        await run(DD_PATH, ['if=/dev/zero', 'of=/dev/null', 'bs=1', `count=${COUNT}`, 'status=none']);
        engine.stop(id);
        const { outputs } = engine.answer(id, { from: Date.now() - 60_000, to: Date.now() + 1000 });
        const [output] = outputs;
        if (output === undefined || !('series' in output)) throw new Error('no series');
        const values = output.series.flatMap((series) =>
          'counts' in series && output.kind === 'histogram'
            ? series.counts.flat()
            : 'values' in series
              ? series.values
              : [],
        );
        expect(values.reduce<number>((sum, value) => sum + Number(value ?? 0), 0)).toBe(COUNT);
      } finally {
        engine.close();
      }
    },
  );

  it('doubles nothing when more keys come than may stay, and loses at most what is being added to a removed one', async () => {
    const { prints, sum } = await printed(
      `config = { max_map_keys = 4000 } ${WRITES} { @[nsecs / 50000] = count(); } interval:ms:50 { print(@); clear(@); }`,
    );
    expect(prints).toBeGreaterThan(2);
    expect(sum).toBeLessThanOrEqual(COUNT);
    expect(sum).toBeGreaterThanOrEqual(COUNT - prints);
  });
});
