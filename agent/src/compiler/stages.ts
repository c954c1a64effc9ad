/** What the compiler made at each stage, as text for `-d`; made only when asked for. */
import { disassemble } from '@bpfscope/native/asm';
import { HELPERS } from '@bpfscope/native/uapi';
import type { Span } from '../language/diagnostic.ts';
import { printHir } from '../language/hir-print.ts';
import type { HirProgram } from '../language/hir.ts';
import { LineMap } from '../language/line-map.ts';
import { Sources } from '../language/sources.ts';
import type { CompiledQuery, ProgramSpec } from './program.ts';

export interface Stages {
  readonly ast?: () => string;
  readonly types?: () => string;
  readonly ir?: () => string;
  readonly asm?: () => string;
}

/** Made when assembly is asked for. */
const helperNames = (): ReadonlyMap<number, string> =>
  new Map(Object.entries(HELPERS).map(([name, h]) => [h.id, name]));

/** A tree as indented JSON, 64-bit numbers as numbers, spans left out. */
export function printTree(tree: unknown): string {
  const seen = new WeakSet<object>();
  const plain = (key: string, value: unknown): unknown => {
    if (key === 'span' || key.endsWith('Span')) return undefined;
    if (typeof value === 'bigint')
      return value >= -(2n ** 53n) && value <= 2n ** 53n ? Number(value) : value.toString();
    if (value instanceof Map) return Object.fromEntries(value);
    if (value instanceof Uint8Array) return [...value].map((b) => b.toString(16).padStart(2, '0')).join('');
    if (typeof value === 'object' && value !== null && key === 'map') {
      if (seen.has(value)) return (value as { name?: unknown }).name ?? '...';
      seen.add(value);
    }
    return value;
  };
  return JSON.stringify(tree, plain, 2);
}

export const printTypes = (hir: HirProgram): string => printHir(hir);

/**
 * All programs. In front of the instructions of a source line stands the line with its number, and in front of those of
 * a part of it the part.
 */
export function printAssembly(query: CompiledQuery): string {
  const helpers = helperNames();
  return query.programs.map((p) => programText(query, p, helpers)).join('\n');
}

function programText(query: CompiledQuery, program: ProgramSpec, helpers: ReadonlyMap<number, string>): string {
  const references = new Map(program.references.map((r) => [r.instruction, query.maps[r.map]?.name ?? `${r.map}`]));
  const starts = new Map(program.lines.map((l) => [l.instruction, l.span]));
  const annotate = annotator(query);
  const out = [`${program.name}: ${program.probes.map((p) => p.name).join(', ')}`];
  for (const line of disassemble(program.instructions, {
    helper: (id) => helpers.get(id),
    map: (slot) => references.get(slot),
  })) {
    const span = starts.get(line.slot);
    if (span !== undefined) out.push(...annotate(span));
    out.push(`${String(line.slot).padStart(5)}: ${line.text}`);
  }
  return `${out.join('\n')}\n`;
}

/** The comments in front of what a span became: its line when that is another one than before, and the span's own text. */
function annotator(query: CompiledQuery): (span: Span) => readonly string[] {
  const sources = query.sources ?? new Sources(query.source);
  const maps = new Map<string, LineMap>();
  const linesOf = (text: string): LineMap => {
    let map = maps.get(text);
    if (map === undefined) maps.set(text, (map = new LineMap(text)));
    return map;
  };
  let shown = '';
  return (given) => {
    const { file, span: own } = sources.place(given);
    const text = file === null ? query.source : file.text;
    const span = file === null ? own : file.span;
    const lines = linesOf(text);
    const { line } = lines.position(span.start);
    const heading = `; ${file === null ? '' : `${file.name}:`}${line} | ${lines.line(line).trim()}`;
    const isNew = heading !== shown;
    shown = heading;
    // Of what goes over several lines, the first.
    if (lines.position(span.end).line !== line) return [heading];
    const part = text.slice(span.start, span.end).trim();
    const said = part === '' || lines.line(line).trim() === part ? [] : [`;     ${part}`];
    return isNew ? [heading, ...said] : said;
  };
}
