/**
 * Any bytes as a query, through the whole compiler: an answer within 100 ms for each 100 kB, no exception, and every
 * diagnostic has a place in the text. Random bytes, deep nesting, huge literals, macros that use themselves, files that
 * include each other, thousands of probes, maps and mistakes; alone, mutated and one behind the other.
 */
import { compile } from '@bpfscope/agent/compiler';
import { hostTarget } from '@bpfscope/agent/engine';
import { IDLE_LOOP, plainLoop } from '../bench/lib/calibration.ts';
import { Random } from './random.ts';
import { FILES, RECIPES } from './recipes.ts';

const SIZES = [10, 300, 5000, 40_000, 100_000];
/** Milliseconds of an idle machine: for a text of no length, and for each 100 kB. */
const LEAST = 100;
const EACH = 100;

const PIECES = ['{', '}', '(', ')', '"', '/*', '*/', '\n#if 1\n', ';', ',', '\0', '\ud800', 'begin {', '@', '$'];

function mutate(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  switch (random.below(4)) {
    case 0:
      return text.slice(0, at) + random.pick(PIECES) + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + random.below(30));
    case 2:
      return text.slice(0, at);
    default:
      return text;
  }
}

function problem(text: string): string | null {
  const once = (): { took: number; said: string | null } => {
    const before = plainLoop();
    const start = performance.now();
    const { query, diagnostics } = compile(text, hostTarget(), { files: FILES });
    const spent = performance.now() - start;
    const took = spent / Math.max(1, (before + plainLoop()) / 2 / IDLE_LOOP);
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    const outside = diagnostics.find(({ span }) => span.start < 0 || span.end < span.start || span.end > text.length);
    if (outside !== undefined)
      return { took, said: `place ${outside.span.start}..${outside.span.end}: ${outside.message}` };
    return { took, said: query === null && errors.length === 0 ? 'refused without a word' : null };
  };
  try {
    const first = once();
    const { said } = first;
    let { took } = first;
    const limit = LEAST + (EACH * text.length) / 100_000;
    // What the engine's compiler and collector take is not counted, nor what others do on the machine.
    for (let again = 0; again < 4 && said === null && took > limit; again++) took = Math.min(took, once().took);
    return said ?? (took > limit ? `${took.toFixed(0)} ms for ${(text.length / 1000).toFixed(1)} kB` : null);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** Runs for some seconds; true when nothing was found. Each recipe has its turn at each size first. */
export function fuzzHostile(seconds: number, seed: number): boolean {
  const random = new Random(seed);
  const names = Object.keys(RECIPES);
  const turns = SIZES.flatMap((size) => names.map((name) => [name, size] as const));
  const deadline = performance.now() + seconds * 1000;
  const found = new Map<string, string>();
  let count = 0;
  for (; performance.now() < deadline; count++) {
    const [name, size] = turns[count] ?? [random.pick(names), random.pick(SIZES)];
    let text = RECIPES[name]?.(random, size) ?? '';
    if (count >= turns.length) {
      for (let n = random.below(3); n > 0; n--) text = mutate(text, random);
      if (random.below(4) === 0)
        text += RECIPES[random.pick(names)]?.(random, Math.max(10, 100_000 - text.length)) ?? '';
    }
    const said = problem(text);
    const kind = said?.replace(/\d+/g, 'N').slice(0, 200);
    if (said === null || kind === undefined || found.has(name + kind)) continue;
    found.set(name + kind, said);
    console.error(
      `hostile: ${name}, ${text.length} characters (seed ${seed}, text ${count}): ${said}\n  ${JSON.stringify(text.slice(0, 300))}`,
    );
  }
  console.log(
    `hostile: ${count} texts of ${turns.length} kinds and sizes, ${found.size} kinds of problems (seed ${seed})`,
  );
  return found.size === 0;
}
