import type { Span } from '../diagnostic.ts';
import { parsed } from './parsed.ts';
import type { Program, TypeName } from '../ast.ts';
import type { AnyNode } from '../walk.ts';
import { nodes } from '../walk.ts';
import { builtinRow } from '../tables/builtins.ts';
import { functionRow } from '../tables/functions/index.ts';
import type { AttachKind } from '../attach.ts';
import { CONFIG_ROWS } from '../tables/config.ts';
import { keywordRow } from '../tables/keywords.ts';
import { configDetail } from './config.ts';
import { callAt, contextAt } from './context.ts';
import type { Facts } from './facts.ts';
import { NO_FACTS } from './facts.ts';
import { providerRow } from '../tables/probes/index.ts';
import { code } from './markdown.ts';
import { preambleConstants, preambleTypes } from './preamble-names.ts';
import { tokens } from './tokens.ts';
import { Types, spellType } from './types-of.ts';

export interface Hover {
  readonly span: Span;
  /** Markdown. */
  readonly text: string;
}

const contains = (span: Span, offset: number): boolean => span.start <= offset && offset < span.end;

function availability(row: { readonly probes?: readonly AttachKind[]; readonly unsafe?: true }): string {
  const lines: string[] = [];
  if (row.probes !== undefined) lines.push(`In: ${row.probes.join(', ')}.`);
  if (row.unsafe) lines.push('Changes the system: needs `--unsafe`.');
  return lines.length === 0 ? '' : `\n\n${lines.join(' ')}`;
}

function describeFunction(name: string): string | null {
  const row = functionRow(name);
  return row === null ? null : `${code(row.signatures.join('\n'))}\n\n${row.documentation}${availability(row)}`;
}

function describeBuiltin(name: string): string | null {
  const row = builtinRow(name);
  return row === null ? null : `${code(`${name}: ${row.type}`)}\n\n${row.documentation}${availability(row)}`;
}

/** What stands at an offset, explained; null when there is nothing to say. */
export async function hover(source: string, offset: number, facts: Facts = NO_FACTS): Promise<Hover | null> {
  const program = parsed(source);
  for (const item of program.items) {
    const point = item.kind === 'probe' ? item.attachPoints.find(({ span }) => contains(span, offset)) : undefined;
    if (point === undefined) continue;
    const row = providerRow(point.parts[0] ?? '');
    return row === null ? null : { span: point.span, text: `${code(row.forms.join('\n'))}\n\n${row.documentation}` };
  }
  const entry = program.config?.entries.find(({ keySpan }) => contains(keySpan, offset));
  if (entry !== undefined) {
    const row = CONFIG_ROWS.find(({ name }) => name === entry.key);
    if (row === undefined) return null;
    return { span: entry.keySpan, text: `${code(`${row.name}: ${configDetail(row)}`)}\n\n${row.documentation}` };
  }
  let found: Hover | null = null;
  for (const node of nodes(program)) {
    const simple =
      describeNode(node, offset) ?? describeOwn(program, node, offset) ?? describeType(source, node, offset);
    if (simple !== null) found = simple;
    if ((node.kind === 'variable' || node.kind === 'map') && nameAt(node, offset) !== null)
      found = (await describePlace(source, node, offset, facts)) ?? found;
    if (node.kind === 'type-name' && simple === null && contains(node.span, offset))
      found = (await describeHostType(node, facts)) ?? found;
    if (node.kind === 'member' && contains(node.nameSpan, offset))
      found = await describeMember(source, node.nameSpan, node.name, facts);
  }
  return found ?? describeKeyword(source, offset);
}

/** So many members of a type are shown. */
const MOST_MEMBERS = 30;

/** A struct or union of the host, where it is used. */
async function describeHostType(node: TypeName, facts: Facts): Promise<Hover | null> {
  const { base, span } = node;
  if (base.kind !== 'named' || (base.tag !== 'struct' && base.tag !== 'union')) return null;
  const name = `${base.tag} ${base.name}`;
  const members = await facts.members(name);
  if (members.length === 0) return null;
  const lines = members.slice(0, MOST_MEMBERS).map((member) => `  ${member.name}: ${member.type}`);
  if (members.length > MOST_MEMBERS) lines.push(`  ... ${members.length - MOST_MEMBERS} more`);
  return { span, text: code([`${name} {`, ...lines, '}'].join('\n')) };
}

function describeKeyword(source: string, offset: number): Hover | null {
  const token = tokens(source).find((one) => contains(one, offset));
  if (token?.class !== 'keyword') return null;
  const row = keywordRow(source.slice(token.start, token.end));
  return row === null
    ? null
    : { span: { start: token.start, end: token.end }, text: `${code(row.form)}\n\n${row.documentation}` };
}

/** A macro or function of the query, where it is called. */
function describeOwn(program: Program, node: AnyNode, offset: number): Hover | null {
  if (node.kind !== 'call' && node.kind !== 'ident') return null;
  const span = node.kind === 'call' ? node.nameSpan : node.span;
  if (!contains(span, offset)) return null;
  const text =
    ownSignature(program, node.name) ?? preambleConstants(program).find(({ name }) => name === node.name)?.text;
  return text === undefined ? null : { span, text: code(text) };
}

/** A type of the preamble, where it is used. */
function describeType(source: string, node: AnyNode, offset: number): Hover | null {
  if (node.kind !== 'type-name' || node.base.kind !== 'named' || !contains(node.span, offset)) return null;
  const { name, tag } = node.base;
  const type = preambleTypes(parsed(source), source).find((one) => one.name === name && one.tag === (tag ?? ''));
  return type === undefined ? null : { span: node.span, text: code(type.text) };
}

type Place = Extract<AnyNode, { kind: 'variable' | 'map' }>;

/** The name alone: the keys of a map have their own. */
function nameAt(node: Place, offset: number): Span | null {
  const span = { start: node.span.start, end: node.span.start + node.name.length + 1 };
  return contains(span, offset) ? span : null;
}

async function describePlace(source: string, node: Place, offset: number, facts: Facts): Promise<Hover | null> {
  const span = nameAt(node, offset);
  const context = contextAt(source, span?.end ?? offset);
  if (span === null || (context.kind !== 'variable' && context.kind !== 'map')) return null;
  // All of the text: the first value may stand behind.
  const item = parsed(source).items.find((one) => contains(one.span, offset));
  const scope = { program: parsed(source), probe: item?.kind === 'probe' ? item : null };
  const type = await new Types(scope, facts).described(node);
  return type === null ? null : { span, text: code(`${source.slice(span.start, span.end)}: ${type}`) };
}

function describeNode(node: AnyNode, offset: number): Hover | null {
  if (node.kind === 'call' && contains(node.nameSpan, offset)) {
    const text = describeFunction(node.name) ?? describeBuiltin(node.name);
    return text === null ? null : { span: node.nameSpan, text };
  }
  if (node.kind === 'ident' && contains(node.span, offset)) {
    const text = describeBuiltin(node.name) ?? describeFunction(node.name);
    return text === null ? null : { span: node.span, text };
  }
  return null;
}

async function describeMember(source: string, span: Span, name: string, facts: Facts): Promise<Hover | null> {
  const context = contextAt(source, span.end);
  if (context.kind !== 'member') return null;
  const fields = await new Types(context.scope, facts).fields(context.object);
  const field = fields.find((candidate) => candidate.name === name);
  return field === undefined ? null : { span, text: code(`${field.name}: ${field.type}`) };
}

export interface Signature {
  readonly signatures: readonly string[];
  /** Which argument the offset is in, from 0. */
  readonly argument: number;
  readonly documentation: string;
}

/** The function whose arguments are being typed. */
export function signatureAt(source: string, offset: number): Signature | null {
  const call = callAt(source, offset);
  if (call === null) return null;
  const row = functionRow(call.name);
  if (row !== null) return { signatures: row.signatures, argument: call.argument, documentation: row.documentation };
  const signature = ownSignature(parsed(source), call.name);
  return signature === null ? null : { signatures: [signature], argument: call.argument, documentation: '' };
}

function ownSignature(program: Program, name: string): string | null {
  const macro = program.items.find((item) => (item.kind === 'macro' || item.kind === 'function') && item.name === name);
  if (macro?.kind !== 'macro' && macro?.kind !== 'function') return null;
  const params = macro.params.map((param) => {
    const sigil = 'kind' in param ? { variable: '$', map: '@', identifier: '' }[param.kind] : '$';
    return `${sigil}${param.name}${param.type === null ? '' : ` : ${spellType(param.type)}`}`;
  });
  return `${macro.name}(${params.join(', ')})`;
}
