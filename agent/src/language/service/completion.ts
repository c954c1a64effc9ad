import type { Span } from '../diagnostic.ts';
import { parsed } from './parsed.ts';
import { BUILTINS, builtinRow } from '../tables/builtins.ts';
import { FUNCTIONS } from '../tables/functions/index.ts';
import { PROVIDERS } from '../tables/probes/index.ts';
import { configCompletions } from './config.ts';
import { contextAt } from './context.ts';
import type { Context, Scope } from './context.ts';
import type { Facts } from './facts.ts';
import { NO_FACTS } from './facts.ts';
import { code } from './markdown.ts';
import { declaredNames } from './names.ts';
import { preambleConstants, preambleTypes } from './preamble-names.ts';
import { Types } from './types-of.ts';

export type CompletionKind =
  'probe' | 'keyword' | 'builtin' | 'function' | 'macro' | 'map' | 'variable' | 'field' | 'type';

export interface Completion {
  readonly label: string;
  readonly kind: CompletionKind;
  /** Type or signature, one line. */
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  readonly insert: string;
  /** `insert` has places to type, `${1:text}`. */
  readonly snippet?: true;
}

export interface Completions {
  /** What an accepted item replaces. */
  readonly replace: Span;
  readonly items: readonly Completion[];
  /** There are more than shown: ask again when more was typed. */
  readonly incomplete: boolean;
}

/** So many probes or types of the host. */
const HOST_LIMIT = 200;

const STATEMENTS: readonly (readonly [string, string])[] = [
  ['if', 'if (${1:condition}) {\n\t$0\n}'],
  ['else', 'else {\n\t$0\n}'],
  ['for', 'for (${1:\\$kv} : ${2:@map}) {\n\t$0\n}'],
  ['while', 'while (${1:condition}) {\n\t$0\n}'],
  ['unroll', 'unroll (${1:8}) {\n\t$0\n}'],
  ['let', 'let \\$${1:name} = $0;'],
  ['return', 'return;'],
  ['break', 'break;'],
  ['continue', 'continue;'],
  ['sizeof', 'sizeof($0)'],
  ['offsetof', 'offsetof(${1:struct name}, ${2:field})'],
];

const ITEMS: readonly (readonly [string, string])[] = [
  ['config', 'config = {\n\t$0\n}'],
  ['macro', 'macro ${1:name}(${2:arguments}) {\n\t$0\n}'],
  ['import', 'import "$0";'],
  ['let', 'let @${1:name} = ${2|hash,lruhash,percpuhash,percpulruhash|}(${3:1024});'],
  ['struct', 'struct ${1:name} {\n\t$0\n};'],
];

/** What could stand at an offset (UTF-16), best guesses of the kind first; the editor filters by what was typed. */
export async function complete(source: string, offset: number, facts: Facts = NO_FACTS): Promise<Completions> {
  const context = contextAt(source, offset);
  if (context.kind === 'nothing') return { replace: { start: offset, end: offset }, items: [], incomplete: false };
  const items = await itemsFor(context, source, offset, facts);
  const incomplete = (context.kind === 'probe' || context.kind === 'type') && items.length >= HOST_LIMIT;
  return { replace: { start: context.start, end: offset }, items, incomplete };
}

function itemsFor(
  context: Exclude<Context, { kind: 'nothing' }>,
  source: string,
  offset: number,
  facts: Facts,
): Promise<readonly Completion[]> {
  switch (context.kind) {
    case 'probe':
      return probes(context.text, facts);
    case 'item':
      return Promise.resolve([...providers(), ...snippets(ITEMS)]);
    case 'member':
      return fields(context, facts);
    case 'map':
    case 'variable':
      return Promise.resolve(names(source, context.kind, context.scope, context.start));
    case 'type':
      return tagged(context, source, offset, facts);
    case 'any-type':
      return Promise.resolve([...TYPES, ...preamble(context.scope, source)]);
    case 'map-type':
      return Promise.resolve(MAP_TYPES);
    case 'word':
      return Promise.resolve(words(source, context.scope, context.start));
  }
}

function snippets(rows: readonly (readonly [string, string])[]): Completion[] {
  return rows.map(([label, insert]) => ({ label, kind: 'keyword', insert, snippet: true }));
}

/** Where a probe type needs no further choice, what completion writes for it. */
const PROBE_SNIPPETS: Readonly<Record<string, string>> = {
  begin: 'begin {\n\t$0\n}',
  end: 'end {\n\t$0\n}',
  profile: 'profile:hz:${1:99}',
  interval: 'interval:s:${1:1}',
  self: 'self:signal:${1:SIGUSR1}',
};

function providers(): Completion[] {
  return PROVIDERS.map(({ name, forms, documentation }) => ({
    label: name,
    kind: 'probe',
    detail: forms[0] ?? name,
    documentation,
    insert: PROBE_SNIPPETS[name] ?? `${name}:`,
    snippet: true,
  }));
}

async function probes(text: string, facts: Facts): Promise<readonly Completion[]> {
  if (!text.includes(':')) return providers();
  const found = await facts.probes(text, HOST_LIMIT);
  return found.map((name) => ({ label: name, kind: 'probe', insert: name }));
}

async function fields(context: Extract<Context, { kind: 'member' }>, facts: Facts): Promise<readonly Completion[]> {
  const found = await new Types(context.scope, facts).fields(context.object);
  return found.map(({ name, type }) => ({ label: name, kind: 'field', detail: type, insert: name }));
}

/** Maps of the whole text, variables of the probe; the half-typed name itself is not offered. */
function names(source: string, kind: 'map' | 'variable', scope: Scope, start: number): Completion[] {
  const program = parsed(source);
  const item = scope.program.items.at(-1);
  const within = program.items.find(({ span }) => span.start === item?.span.start) ?? program;
  const declared = declaredNames(kind === 'map' ? program : within, kind, start);
  return declared.map((label) => ({ label, kind, insert: label }));
}

const TYPE_NAMES = ['bool', ...[8, 16, 32, 64].flatMap((bits) => [`int${bits}`, `uint${bits}`]), 'string'];
const TYPES = TYPE_NAMES.map((name): Completion => ({ label: name, kind: 'type', insert: name }));

const MAP_TYPES = ['hash', 'lruhash', 'percpuhash', 'percpulruhash'].map((label): Completion => ({
  label,
  kind: 'type',
  insert: `${label}(\${1:1024})`,
  snippet: true,
}));

/** Behind `struct`: types of the preamble, then the host's. */
async function tagged(
  { tag, start, scope }: Extract<Context, { kind: 'type' }>,
  source: string,
  offset: number,
  facts: Facts,
): Promise<readonly Completion[]> {
  const own = preambleTypes(scope.program, source)
    .filter((type) => type.tag === tag)
    .map(({ name, text }): Completion => ({ ...typeItem(name, tag), documentation: code(text) }));
  const found = await facts.types(`${tag} ${source.slice(start, offset)}`, HOST_LIMIT);
  const names = new Set(own.map(({ label }) => label));
  const others = found.map((name) => name.slice(tag.length + 1)).filter((name) => !names.has(name));
  return [...own, ...others.map((name) => typeItem(name, tag))];
}

const typeItem = (label: string, detail: string): Completion => ({ label, kind: 'type', detail, insert: label });

/** Types of the preamble, with their tags. */
function preamble(scope: Scope, source: string): Completion[] {
  return preambleTypes(scope.program, source).map(({ name, tag, text }) => ({
    ...(tag === '' ? typeItem(name, 'typedef') : typeItem(`${tag} ${name}`, tag)),
    documentation: code(text),
  }));
}

function words(source: string, scope: Scope, start: number): Completion[] {
  const program = parsed(source);
  const builtins = BUILTINS.filter((row) => builtinRow(row.name) !== null).map(
    ({ name, type, documentation }): Completion => ({
      label: name,
      kind: 'builtin',
      detail: type,
      documentation,
      insert: name,
    }),
  );
  const args = Array.from({ length: 6 }, (_, i): Completion => ({
    label: `arg${i}`,
    kind: 'builtin',
    detail: 'uint64',
    insert: `arg${i}`,
  }));
  const functions = FUNCTIONS.map(({ name, signatures, documentation, arity }): Completion => ({
    label: name,
    kind: 'function',
    detail: signatures[0] ?? name,
    documentation,
    insert: arity[1] === 0 ? `${name}()` : `${name}($0)`,
    snippet: true,
  }));
  const macros = program.items.flatMap((item): Completion[] =>
    item.kind === 'macro' || item.kind === 'function'
      ? [
          {
            label: item.name,
            kind: 'macro',
            insert: item.params.length === 0 ? item.name : `${item.name}($0)`,
            snippet: true,
          },
        ]
      : [],
  );
  const constants = preambleConstants(program).map(({ name, text }): Completion => ({
    label: name,
    kind: 'macro',
    detail: text,
    insert: name,
  }));
  if (inConfig(scope, start)) return configCompletions(source.slice(0, start));
  return [
    ...builtins,
    ...args,
    ...functions,
    ...macros,
    ...constants,
    ...snippets(STATEMENTS),
    ...names(source, 'map', scope, start),
    ...names(source, 'variable', scope, start),
  ];
}

function inConfig({ program }: Scope, start: number): boolean {
  return program.config !== null && program.items.length === 0 && program.config.span.start < start;
}
