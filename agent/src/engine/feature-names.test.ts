import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { isFeature } from '@bpfscope/native/features';
import { BUILTINS } from '../language/tables/builtins.ts';
import { FUNCTIONS } from '../language/tables/functions/index.ts';
import { FEATURE_OF } from './attach-refusal.ts';

const SOURCES = join(fileURLToPath(new URL('..', import.meta.url)));
const files = (end: string): string[] =>
  readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(end) && !path.includes('.test.') && !path.includes('testing'))
    .map((path) => readFileSync(join(SOURCES, path), 'utf8'));

/** Names in the code: what is asked of a target, or refused for want of it. `${...}` stands for a kind of program. */
const ASKED = /\b(?:target\.has|\.needs|lackOf\(\w+(?:\.\w+)*,|has)\(?\s*[`']([a-z_]+(?::[\w@:${}. ?='-]+)?)[`']/g;
/** What catalog metrics require of kernels beside tracepoints, fields and members. */
const REQUIRED = /requires: \[([^\]]*)\]/g;

const inCode = files('.ts').flatMap((text) =>
  [...text.matchAll(ASKED)].flatMap(([all, name = '']) =>
    /^has/.test(all) && !name.includes(':') ? [] : [name.replace(/\$\{[^}]*\}.*$/, 'tracing')],
  ),
);
const inCatalog = files('.yaml').flatMap((text) =>
  [...text.matchAll(REQUIRED)].flatMap(([, list = '']) => list.split(',').map((name) => name.replace(/['"\s]/g, ''))),
);
const inTables = [...BUILTINS, ...FUNCTIONS].flatMap(({ requires = [] }) => requires);

it('finds names where they are known to be', () => {
  expect(inCode).toEqual(expect.arrayContaining(['ringbuf', 'helper:bpf_loop', 'uprobe:func_ip', 'kallsyms_all']));
  expect(inCatalog).toContain('raw_tracepoint_btf');
  expect(inTables).toContain('helper:bpf_send_signal');
});

it('knows every feature that is asked for or refused', () => {
  const names = new Set([...inCode, ...inCatalog, ...inTables, ...Object.values(FEATURE_OF)]);
  const features = [...names].filter((name) => !/^(tracepoint|field|member|kfunc:tracing)/.test(name));
  expect(features.filter((name) => !isFeature(name))).toEqual([]);
});
