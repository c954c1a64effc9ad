/** Samples whose stack the kernel did not store: they are counted, shown and said, never dropped. */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine, hostTarget } from '@bpfscope/agent/engine';
import { hasTool, Workshop } from '@bpfscope/native/testing';
import { runCli } from './cli.ts';

/** A stack of its own for each number: its bits say which of two functions calls which. Many fall on one place of 16,384. */
const BITS = 12;
const CALLS = 2 ** BITS;
const SOURCE = `
#define NOINLINE __attribute__((noinline, noipa))
volatile long sink;
NOINLINE void leaf(long n) { sink += n; }
NOINLINE void even(long n, int bits);
NOINLINE void odd(long n, int bits);
static inline void next(long n, int bits) {
  if (bits == 0) leaf(n);
  else if (n >> (bits - 1) & 1) odd(n, bits - 1);
  else even(n, bits - 1);
  sink++;
}
void even(long n, int bits) { next(n, bits); }
void odd(long n, int bits) { next(n, bits); }
int main(void) {
  for (long n = 0; n < ${CALLS}; n++) next(n, ${BITS});
  return 0;
}
`;

interface Line {
  readonly type: string;
  readonly code?: string;
  readonly samples?: number;
  readonly text?: string;
  readonly entries?: readonly { readonly key: readonly { readonly frames: string[] }[]; readonly value: number }[];
}

const usable = process.getuid?.() === 0 && hasTool('gcc');

describe.skipIf(!usable)('stacks that are not stored (needs root and gcc)', () => {
  const shop = new Workshop();
  beforeAll(() => {
    shop.write('a.c', SOURCE);
    shop.run('gcc', '-O1', '-fno-omit-frame-pointer', '-fno-optimize-sibling-calls', '-o', 'program', 'a.c');
  });
  afterAll(() => shop.close());
  const query = (key: string): string => `uprobe:${shop.path('program')}:leaf { @[${key}] = count(); }`;

  it.each(['ustack', 'ustack(raw, 40)'])('are counted and said on the command line: %s', async (key) => {
    const words = ['run', '-q', '-f', 'ndjson', '-c', shop.path('program'), '-e', query(key)];
    const { stdout, stderr } = await runCli(words);
    expect(stderr).toBe('');
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    const entries = lines.find(({ type }) => type === 'map')?.entries ?? [];
    expect(entries.reduce((sum, { value }) => sum + value, 0)).toBe(CALLS);
    const lost = entries
      .filter((entry) => entry.key[0]?.frames[0] === '[stack lost]')
      .reduce((sum, { value }) => sum + value, 0);
    expect(lost).toBeGreaterThan(0);
    expect(lines.filter(({ type }) => type === 'notice')).toMatchObject([
      {
        code: 'stacks-lost',
        samples: lost,
        text: `${lost} samples with a stack that was not stored: other stacks had their places in the map of stacks.`,
      },
    ]);
  });

  it('are counted and said in answers', async () => {
    const engine = new Engine({ target: hostTarget, stepMs: 100 });
    try {
      const started = await engine.start({ query: query('ustack') });
      if (!started.ok) throw new Error(JSON.stringify(started.diagnostics));
      const { id } = started.run;
      execFileSync(shop.path('program'));
      engine.stop(id);
      const answer = engine.answer(id, { from: Date.now() - 60_000, to: Date.now() + 1000 });
      const lost = answer.notices.filter(({ code }) => code === 'stacks-lost');
      expect(lost).toHaveLength(1);
      expect(answer.lost.stacks).toBeGreaterThan(0);
      expect(lost[0]?.text).toContain(`${answer.lost.stacks} samples with a stack that was not stored`);
    } finally {
      engine.close();
    }
  });
});
