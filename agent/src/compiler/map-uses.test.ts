import { describe, expect, it } from 'vitest';
import { testTarget } from '../language/testing/target.ts';
import { compile } from './compile.ts';
import type { CompiledQuery } from './program.ts';

function compiled(body: string): CompiledQuery {
  const text = `tracepoint:sched:sched_switch { @ = count(); @k[pid] = count(); } interval:s:1 { ${body} }`;
  const { query, diagnostics } = compile(text, testTarget);
  if (query === null) throw new Error(JSON.stringify(diagnostics));
  return query;
}

describe('clear of what was printed', () => {
  const cleared = (body: string): (boolean | undefined)[] =>
    compiled(body).actions.flatMap(({ action, printed }) =>
      action.kind === 'clear' || action.kind === 'zero' ? [printed] : [],
    );

  it.each([
    ['print(@); clear(@);', [true]],
    ['print(@); print(@k); clear(@); zero(@k);', [true, true]],
    ['print(@); if (pid == 1) { clear(@); }', [true]],
    ['if (pid == 1) { print(@); } clear(@);', [undefined]],
    ['clear(@); print(@);', [undefined]],
    ['print(@k); clear(@);', [undefined]],
    ['print(@); clear(@); clear(@);', [true, undefined]],
    // Keys that were not printed are not to be kept.
    ['print(@k, 3); clear(@k);', [undefined]],
  ])('%s', (body, expected) => expect(cleared(body)).toEqual(expected));
});

describe('maps that programs look at', () => {
  const observed = (body: string): string[] =>
    compiled(body).userMaps.flatMap((map) => (map.observed === true ? [map.name] : []));

  it.each([
    ['print(@); clear(@k);', []],
    ['if ((uint64)@ > 3) { clear(@); }', ['@']],
    ['@n = len(@k);', ['@k']],
    ['for ($e : @k) { print($e); }', ['@k']],
    ['delete(@k, 1);', ['@k']],
    ['if (has_key(@k, 1)) { exit(); }', ['@k']],
  ])('%s', (body, expected) => expect(observed(body)).toEqual(expected));
});
