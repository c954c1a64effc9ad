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
import { bucketIndex, type Histogram } from '@bpfscope/agent/decode';
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

const HISTOGRAMS: readonly (readonly [string, Histogram])[] = [
  ['hist(@in)', { kind: 'hist', bits: 0 }],
  ['hist(@in, 1)', { kind: 'hist', bits: 1 }],
  ['hist(@in, 3)', { kind: 'hist', bits: 3 }],
  ['hist(@in, 5)', { kind: 'hist', bits: 5 }],
  ['lhist(@in, -10, 1000, 7)', { kind: 'lhist', min: -10n, max: 1000n, step: 7n }],
  ['lhist(@in, 0, 64, 16)', { kind: 'lhist', min: 0n, max: 64n, step: 16n }],
];

/** One program with all histograms; `count` runs it on a value and gives each one's bucket. */
function histograms(scope: Scope): (value: bigint) => (number | null)[] {
  const body = HISTOGRAMS.map(([call], n) => `@h${n} = ${call};`).join(' ');
  const { query } = compile(`BEGIN { @in = (int64)0; } BEGIN { ${body} }`, hostTarget());
  if (query === null) throw new Error('the histograms do not compile');
  const maps = query.maps.map((spec) => scope.add(BpfMap.create(spec)));
  const program = query.programs.map((spec) => {
    const instructions = patchMaps(spec.instructions, spec.references, maps);
    return scope.add(Program.load({ ...spec, btf: spec.btf ?? null, instructions }));
  })[1];
  const place = (name: string) => {
    const found = query.userMaps.find((m) => m.name === name)?.storage;
    if (found?.kind !== 'memory') throw new Error(`${name} is not in memory`);
    return found;
  };
  const data = maps[place('@in').map];
  return (value) => {
    const bytes = new Uint8Array(query.maps[place('@in').map]?.valueSize ?? 0);
    new DataView(bytes.buffer).setBigInt64(place('@in').offset, value, true);
    data?.update(new Uint8Array(4), bytes);
    program?.testRun();
    const after = data?.lookup(new Uint8Array(4)) ?? bytes;
    const view = new DataView(after.buffer, after.byteOffset);
    return HISTOGRAMS.map((_, n) => {
      const { offset, stride, copies, size } = place(`@h${n}`);
      const hits: number[] = [];
      for (let cpu = 0; cpu < copies; cpu++) {
        for (let at = 0; at < size; at += 8) {
          if (view.getBigUint64(offset + cpu * stride + at, true) !== 0n) hits.push(at / 8);
        }
      }
      return hits.length === 1 ? (hits[0] ?? null) : null;
    });
  };
}

describe.skipIf(!root)('random programs (need root)', () => {
  it('count every number in the bucket that its bounds say', () => {
    const scope = new Scope();
    try {
      const count = histograms(scope);
      const value = fc.oneof(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.bigInt({ min: -20n, max: 1100n }),
        fc.tuple(fc.nat(62), fc.constantFrom(-1n, 0n, 1n)).map(([bit, by]) => (1n << BigInt(bit)) + by),
      );
      fc.assert(
        fc.property(value, (v) => {
          expect(count(v)).toEqual(HISTOGRAMS.map(([, histogram]) => bucketIndex(histogram, v)));
        }),
        { numRuns: 2000 },
      );
    } finally {
      scope.close();
    }
  });

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
