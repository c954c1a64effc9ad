/** Generated programs, always the same ones: every kernel's verifier takes them and they compute what an interpreter does. */
import fc from 'fast-check';
import { interpret, model, queryText, type Model } from '../../kernel/program-model.ts';
import type { Case } from '../case.ts';
import { quote } from './run.ts';

/** Each takes some five seconds under emulation; test/kernel has hundreds. */
const PROGRAMS = 6;
const SEED = 510;

/** Runs one; prints `right`, `refused` (in words, where a kernel lacks a helper), or both texts. */
function line(m: Model): string {
  const { maps, variables } = interpret(m);
  const wanted = [...maps.map((v, n) => `@m${n}: ${v}`), ...variables.map((v, n) => `@r${n}: ${v}`)].join('\n');
  return [
    `printf '%s' ${quote(queryText(m))} > /tmp/q.bt; printf '%s\\n' ${quote(wanted)} > /tmp/wanted`,
    `timeout 60 bpfscope run -q /tmp/q.bt > /tmp/out 2>/tmp/err; grep '^@[mr][0-9]:' /tmp/out | sort > /tmp/got`,
    `if cmp -s /tmp/got /tmp/wanted; then echo right; elif grep -q 'needs the helper bpf_for_each_map_elem' /tmp/err; then echo refused`,
    `else echo WRONG; cat /tmp/q.bt /tmp/err; diff /tmp/wanted /tmp/got; fi`,
  ].join('\n');
}

export const generated: readonly Case[] = [
  {
    id: 'generated/programs',
    command: [
      `(${fc.sample(model, { seed: SEED, numRuns: PROGRAMS }).map(line).join('\n')}) > /tmp/all`,
      `grep -v '^right$\\|^refused$' /tmp/all`,
      `echo "$(grep -c '^right$' /tmp/all) right of $((${PROGRAMS} - $(grep -c '^refused$' /tmp/all)))"`,
    ].join('\n'),
    expect: [/\b([1-9]\d*) right of \1\n/],
    reject: ['WRONG'],
    timeout: 600,
  },
];
