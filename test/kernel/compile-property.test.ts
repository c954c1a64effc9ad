/**
 * Random programs: the compiler takes them, the verifier of this kernel accepts them, and they compute what a plain
 * interpreter computes. FUZZ_RUNS gives the number of programs; a failure prints the shrunk one.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '@bpfscope/agent/compiler';
import { hostTarget } from '@bpfscope/agent/engine';
import { BpfMap } from '@bpfscope/native/map';
import { patchMaps, Program } from '@bpfscope/native/prog';
import { Scope } from '@bpfscope/native/sys';
import { interpret, model, queryText, VARIABLES } from './program-model.ts';

const root = process.getuid?.() === 0;
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 60);

/** The maps without keys after all programs ran once, by name. */
function runOnce(text: string): Map<string, bigint> {
  const { query, diagnostics } = compile(text, hostTarget());
  if (query === null) throw new Error(`${diagnostics.map((d) => d.message).join('\n')}\n${text}`);
  const scope = new Scope();
  try {
    const maps = query.maps.map((spec) => scope.add(BpfMap.create(spec)));
    for (const spec of query.programs) {
      const instructions = patchMaps(spec.instructions, spec.references, maps);
      scope.add(Program.load({ ...spec, btf: spec.btf ?? null, instructions })).testRun();
    }
    const results = new Map<string, bigint>();
    for (const { name, storage } of query.userMaps) {
      if (storage.kind !== 'memory') continue;
      const bytes = maps[storage.map]?.lookup(new Uint8Array(4));
      if (bytes === null || bytes === undefined) throw new Error('the data map is empty');
      results.set(name, new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(storage.offset, true));
    }
    return results;
  } finally {
    scope.close();
  }
}

describe.skipIf(!root)('random programs (need root)', () => {
  it('compute what an interpreter computes', () => {
    fc.assert(
      fc.property(model, (m) => {
        const want = interpret(m);
        const got = runOnce(queryText(m));
        for (let n = 0; n < VARIABLES; n++) {
          expect([`@m${n}`, got.get(`@m${n}`)]).toEqual([`@m${n}`, want.maps[n]]);
          expect([`@r${n}`, got.get(`@r${n}`)]).toEqual([`@r${n}`, want.variables[n]]);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
