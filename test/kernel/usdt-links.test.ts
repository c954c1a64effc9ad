/** USDT probes with many places: one link where the kernel has them, one each elsewhere, the same counts. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Engine, hostTarget } from '@bpfscope/agent/engine';
import { forgetFeatures, has } from '@bpfscope/native/features';
import { backgroundCloses, openHandles } from '@bpfscope/native/sys';
import { hasTool, Workshop } from '@bpfscope/native/testing';
import { run } from './cli.ts';

/** A USDT probe with one argument, as sys/sdt.h makes them; it is passed only while the semaphore is raised. */
const SOURCE = `
#define PROBE(name, semaphore, value) do { if (semaphore) __asm__ volatile( \\
  "990: nop\\n.pushsection .note.stapsdt,\\"?\\",\\"note\\"\\n.balign 4\\n.4byte 992f-991f,994f-993f,3\\n" \\
  "991: .asciz \\"stapsdt\\"\\n992: .balign 4\\n993: .8byte 990b\\n.8byte base\\n.8byte " #semaphore "\\n" \\
  ".asciz \\"shop\\"\\n.asciz \\"" #name "\\"\\n.asciz \\"8@%0\\"\\n994: .balign 4\\n.popsection\\n" \\
  ".ifndef base\\n.pushsection .stapsdt.base,\\"aG\\",\\"progbits\\",.stapsdt.base,comdat\\n" \\
  ".weak base\\n.hidden base\\nbase: .space 1\\n.size base,1\\n.popsection\\n.endif\\n" \\
  : : "D"((long)(value))); } while (0)
volatile unsigned short opened __attribute__((section(".probes")));
volatile unsigned short closed __attribute__((section(".probes")));
int main(void) {
  for (long i = 0; i < 100; i++) {
    PROBE(open, opened, 1); PROBE(open, opened, 2); PROBE(open, opened, 3);
    PROBE(close, closed, 10); PROBE(close, closed, 20);
  }
}
`;

const possible = process.getuid?.() === 0 && hasTool('gcc') && process.arch === 'x64';

describe.skipIf(!possible)('USDT probes of one binary (needs root and gcc)', () => {
  let shop: Workshop;
  let engine: Engine;

  beforeAll(() => {
    shop = new Workshop();
    shop.write('shop.c', SOURCE);
    shop.run('gcc', '-O1', '-o', 'shop', 'shop.c');
  });

  afterAll(() => shop.close());

  afterEach(async () => {
    engine.close();
    await backgroundCloses();
    vi.unstubAllEnvs();
    forgetFeatures();
    expect(openHandles()).toEqual([]);
  });

  /** Links while the query runs, and what it counted by the end of the program. */
  async function trace(query: string): Promise<{ links: number; counted: readonly unknown[] }> {
    engine = new Engine({ target: hostTarget, stepMs: 100 });
    const started = await engine.start({ query });
    if (!started.ok) throw new Error(JSON.stringify(started.diagnostics));
    const links = openHandles().filter((what) => what.includes('link of u')).length;
    await run(shop.path('shop'), []);
    const [output] = engine.totals(started.run.id);
    if (output === undefined || output.kind === 'histogram' || output.kind === 'events') throw new Error('no numbers');
    return { links, counted: output.series.map(({ key, values }) => [...key, ...values]).sort() };
  }

  const cases = [
    ['one probe, three places', 'open', '{ @ = sum(arg0); }', 3, [[600]]],
    [
      'two probes with a semaphore each',
      '*',
      '{ @[probe] = count(); }',
      5,
      [
        ['close', 200],
        ['open', 300],
      ],
    ],
  ] as const;

  it.each(cases)('%s', async (_, name, body, places, counted) => {
    const query = `usdt:${shop.path('shop')}:shop:${name} ${body}`;
    const named = counted.map((row) => row.map((cell) => (typeof cell === 'string' ? probeName(cell) : cell)));
    expect(await trace(query)).toEqual({ links: has('uprobe_multi') ? 1 : places, counted: named });
  });

  it.each(cases)('%s, one by one', async (_, name, body, places, counted) => {
    vi.stubEnv('BPFSCOPE_WITHOUT', 'uprobe_multi');
    forgetFeatures();
    const query = `usdt:${shop.path('shop')}:shop:${name} ${body}`;
    const named = counted.map((row) => row.map((cell) => (typeof cell === 'string' ? probeName(cell) : cell)));
    expect(await trace(query)).toEqual({ links: places, counted: named });
  });

  const probeName = (name: string): string => `usdt:${shop.path('shop')}:shop:${name}`;
});
