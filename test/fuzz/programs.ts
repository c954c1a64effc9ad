/**
 * Random well-typed programs on a real tracepoint: the checker has no complaint, the compiler takes them, and the
 * verifier of this kernel accepts them. Richer in syntax than test/kernel/compile-property.test.ts, which also compares
 * results. Every refused program is printed, to be kept as a case.
 */
import { compile } from '@bpfscope/agent/compiler';
import { hostTarget } from '@bpfscope/agent/engine';
import { BpfMap } from '@bpfscope/native/map';
import { patchMaps, Program } from '@bpfscope/native/prog';
import { Scope } from '@bpfscope/native/sys';
import { generatedProgram } from './generated.ts';

/** null when the kernel takes the program, else what it said. */
function refusal(text: string): string | null {
  const { query, diagnostics } = compile(text, hostTarget());
  const errors = diagnostics.filter((one) => one.severity === 'error');
  if (query === null) {
    return errors.map((one) => `${one.code}: ${one.message} «${text.slice(one.span.start, one.span.end)}»`).join('\n');
  }
  const scope = new Scope();
  try {
    const maps = query.maps.map((spec) => scope.add(BpfMap.create(spec)));
    for (const spec of query.programs) {
      const instructions = patchMaps(spec.instructions, spec.references, maps);
      scope.add(Program.load({ ...spec, btf: spec.btf ?? null, instructions }));
    }
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    scope.close();
  }
}

export function fuzzPrograms(seconds: number, seed: number): boolean {
  if (process.getuid?.() !== 0) {
    console.log('programs: skipped, the kernel only takes programs from root');
    return true;
  }
  const end = Date.now() + seconds * 1000;
  const seen = new Set<string>();
  let count = 0;
  for (let run = seed; Date.now() < end; run++) {
    const { text } = generatedProgram(run);
    count++;
    const message = refusal(text);
    const kind = message?.replace(/\d+/g, 'N').slice(0, 80);
    if (message === null || kind === undefined || seen.has(kind)) continue;
    seen.add(kind);
    console.log(`programs: seed ${String(run)}: ${message}\n${text}`);
  }
  console.log(`programs: ${String(count)} from seed ${String(seed)}, ${String(seen.size)} kinds of refusal`);
  return seen.size === 0;
}
