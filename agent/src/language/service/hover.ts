import type { Span } from '../diagnostic.ts';
import { parsed } from './parsed.ts';
import type { AnyNode } from '../walk.ts';
import { nodes } from '../walk.ts';
import { builtinRow } from '../tables/builtins.ts';
import { functionRow } from '../tables/functions/index.ts';
import type { AttachKind } from '../attach.ts';
import { CONFIG_ROWS } from '../tables/config.ts';
import { configDetail } from './config.ts';
import { callAt, contextAt } from './context.ts';
import type { Facts } from './facts.ts';
import { NO_FACTS } from './facts.ts';
import { providerRow } from '../tables/probes/index.ts';
import { Types, spellType } from './types-of.ts';

export interface Hover {
  readonly span: Span;
  /** Markdown. */
  readonly text: string;
}

const code = (text: string): string => `\`\`\`\n${text}\n\`\`\``;
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
    const simple = describeNode(node, offset);
    if (simple !== null) found = simple;
    if (node.kind === 'member' && contains(node.nameSpan, offset))
      found = await describeMember(source, node.nameSpan, node.name, facts);
  }
  return found;
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
  const macro = parsed(source).items.find(
    (item) => (item.kind === 'macro' || item.kind === 'function') && item.name === call.name,
  );
  if (macro?.kind !== 'macro' && macro?.kind !== 'function') return null;
  const params = macro.params.map((param) => {
    const sigil = 'kind' in param ? { variable: '$', map: '@', identifier: '' }[param.kind] : '$';
    return `${sigil}${param.name}${param.type === null ? '' : ` : ${spellType(param.type)}`}`;
  });
  return { signatures: [`${macro.name}(${params.join(', ')})`], argument: call.argument, documentation: '' };
}
