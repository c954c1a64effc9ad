/**
 * What 100 kB of each kind of bad text cost: the whole compiler with this host's facts, as the agent checks a query, and
 * what the editor does on every key. Goal: an answer in 100 ms. `npm run bench -- bad-input`, or this file with a part of
 * a kind's name.
 */
import { compile } from '@bpfscope/agent/compiler';
import { hostTarget } from '@bpfscope/agent/engine';
import { complete, oldSpellings, parse, tokens } from '@bpfscope/agent/language';
import { FILES, RECIPES } from '../fuzz/recipes.ts';
import { Random } from '../fuzz/random.ts';
import { IDLE_LOOP, plainLoop, threadMs } from './lib/calibration.ts';

const SIZE = 100_000;
const GOAL = 100;
const ROUNDS = 5;

/** Of a few rounds, the one that took least: milliseconds of this thread. */
function least(work: () => unknown): number {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = threadMs();
    work();
    best = Math.min(best, threadMs() - start);
  }
  return best;
}

async function main(): Promise<void> {
  const [only = ''] = process.argv.slice(2);
  const target = hostTarget();
  const random = new Random(Number(process.argv[3] ?? 1));
  const host = Math.min(...Array.from({ length: 9 }, plainLoop)) / IDLE_LOOP;
  console.log(
    `ms of CPU for 100 kB, the least of ${ROUNDS}; a plain loop here takes ${host.toFixed(2)} of a usual machine's time`,
  );
  console.log('  check  first editor');
  for (const [name, recipe] of Object.entries(RECIPES)) {
    if (!name.includes(only)) continue;
    const text = recipe(random, SIZE);
    const per100kB = SIZE / Math.max(text.length, SIZE / 2);
    const before = threadMs();
    const { diagnostics, query } = compile(text, target, { files: FILES });
    const first = threadMs() - before;
    const check = least(() => compile(text, target, { files: FILES }));
    const editor = least(() => {
      const { program } = parse(text);
      tokens(text, program);
      oldSpellings(text);
    });
    await complete(text, text.length - 2);
    const cells = [check, first, editor].map((time) => (time * per100kB).toFixed(0).padStart(6));
    const said = `${String(diagnostics.length)} said${query === null ? '' : ', compiles'}`;
    console.log(
      `${cells.join(' ')}  ${check * per100kB > GOAL ? '!' : ' '} ${name} (${(text.length / 1000).toFixed(0)} kB; ${said})`,
    );
  }
}

await main();
