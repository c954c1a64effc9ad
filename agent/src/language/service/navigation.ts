/** Where things are: definitions, an outline, folding. */
import type { Expr, Program } from '../ast.ts';
import type { Span } from '../diagnostic.ts';
import { LineMap } from '../line-map.ts';
import { parsed } from './parsed.ts';
import { nodes } from '../walk.ts';

const contains = (span: Span, offset: number): boolean => span.start <= offset && offset <= span.end;

/** Where the map, variable, macro, function, constant or struct at an offset is defined or first set. */
export function definition(source: string, offset: number): Span | null {
  const program = parsed(source);
  let found: Span | null = null;
  for (const node of nodes(program)) {
    if (!('span' in node) || !contains(node.span, offset)) continue;
    if (node.kind === 'variable') found = variableDefinition(program, node.name, offset);
    else if (node.kind === 'map') found = mapDefinition(program, node.name) ?? found;
    else if (node.kind === 'ident') found = nameDefinition(program, node.name);
    else if (node.kind === 'call' && contains(node.nameSpan, offset)) found = nameDefinition(program, node.name);
    else if (node.kind === 'type-name' && node.base.kind === 'named') found = structDefinition(program, node.base.name);
  }
  return found;
}

function variableDefinition(program: Program, name: string, offset: number): Span | null {
  const item = program.items.find((candidate) => contains(candidate.span, offset));
  if (item === undefined) return null;
  for (const node of nodes(item)) {
    if ((node.kind === 'let' || node.kind === 'for-map' || node.kind === 'for-range') && node.name === name)
      return node.nameSpan;
    if (node.kind === 'variable' && node.name === name) return node.span;
  }
  return null;
}

function mapDefinition(program: Program, name: string): Span | null {
  const declaration = program.items.find((item) => item.kind === 'map-decl' && item.name === name);
  if (declaration !== undefined) return declaration.span;
  let first: Expr | null = null;
  for (const node of nodes(program)) {
    if (node.kind === 'assign' && node.target.kind === 'map' && node.target.name === name) return node.target.span;
    if (node.kind === 'map' && node.name === name) first ??= node;
  }
  return first?.span ?? null;
}

function nameDefinition(program: Program, name: string): Span | null {
  for (const item of program.items) {
    if ((item.kind === 'macro' || item.kind === 'function') && item.name === name) return item.nameSpan;
  }
  for (const item of program.preamble) {
    if (item.kind === 'directive' && item.define?.name === name) return item.span;
    if (item.kind !== 'c-declaration') continue;
    const owner = item.types.find((def) => def.kind === 'enum' && def.members.some((member) => member.name === name));
    if (owner !== undefined) return owner.span;
  }
  return null;
}

function structDefinition(program: Program, name: string): Span | null {
  for (const item of program.preamble) {
    const def = item.kind === 'c-declaration' ? item.types.find((candidate) => candidate.name === name) : undefined;
    if (def !== undefined) return def.span;
  }
  return null;
}

export interface DocumentSymbol {
  readonly name: string;
  readonly kind: 'probe' | 'macro' | 'function' | 'map' | 'type' | 'config';
  readonly span: Span;
}

/** The outline, in order of the text. */
export function symbols(source: string): DocumentSymbol[] {
  const program = parsed(source);
  const found: DocumentSymbol[] = [];
  for (const item of program.preamble) {
    if (item.kind !== 'c-declaration') continue;
    for (const def of item.types) if (def.name !== '') found.push({ name: def.name, kind: 'type', span: def.span });
  }
  if (program.config !== null) found.push({ name: 'config', kind: 'config', span: program.config.span });
  for (const item of program.items) {
    if (item.kind === 'probe')
      found.push({ name: item.attachPoints.map(({ text }) => text).join(', '), kind: 'probe', span: item.span });
    else if (item.kind === 'map-decl') found.push({ name: `@${item.name}`, kind: 'map', span: item.span });
    else if (item.kind !== 'import') found.push({ name: item.name, kind: item.kind, span: item.span });
  }
  return found.sort((a, b) => a.span.start - b.span.start);
}

export interface FoldingRange {
  /** Lines from 1; the first stays visible. */
  readonly from: number;
  readonly to: number;
  readonly comment: boolean;
}

export function foldingRanges(source: string): FoldingRange[] {
  const program = parsed(source);
  const lines = new LineMap(source);
  const ranges: FoldingRange[] = [];
  const add = (span: Span, comment: boolean): void => {
    const from = lines.position(span.start).line;
    const to = lines.position(span.end).line;
    if (to > from) ranges.push({ from, to, comment });
  };
  for (const item of program.preamble) if (item.kind === 'c-declaration') add(item.span, false);
  if (program.config !== null) add(program.config.span, false);
  for (const node of nodes(program)) if (node.kind === 'block') add(node.span, false);
  for (const run of commentRuns(program, source)) add(run, true);
  return ranges.sort((a, b) => a.from - b.from);
}

/** Line comments that follow each other fold as one. */
function commentRuns(program: Program, source: string): Span[] {
  const runs: Span[] = [];
  for (const { span } of program.comments) {
    const last = runs.at(-1);
    if (last !== undefined && /^[ \t]*\n[ \t]*$/.test(source.slice(last.end, span.start))) {
      runs[runs.length - 1] = { start: last.start, end: span.end };
    } else {
      runs.push(span);
    }
  }
  return runs;
}
