/** Colours: the text as a list of classified pieces, for editors and terminals. */
import type { Program } from '../ast.ts';
import type { Span } from '../diagnostic.ts';
import { parsed } from './parsed.ts';
import { isBaseWord } from '../parser/base-types.ts';
import { scan } from '../parser/scanner.ts';
import { KEYWORDS, isValueWord } from '../parser/token.ts';
import type { Token } from '../parser/token.ts';
import { nodes } from '../walk.ts';

export type TokenClass =
  | 'keyword'
  /** An attach point: `tracepoint:sched:sched_switch`. */
  | 'probe'
  | 'builtin'
  | 'function'
  | 'map'
  | 'variable'
  | 'number'
  | 'string'
  | 'comment'
  | 'operator'
  | 'type'
  /** Fields of structs and records, and names that only a host knows. */
  | 'identifier'
  /** A directive of the C preamble: `#include <...>`. */
  | 'directive';

export interface ClassifiedToken extends Span {
  readonly class: TokenClass;
}

const C_WORDS: ReadonlySet<string> = new Set(['struct', 'union', 'enum', 'typedef', 'const', 'volatile']);
const TYPE_WORD = /^(u?int(8|16|32|64)|bool|string|buffer|inet|mac_address|\w+_t)$/;

/**
 * Pieces in order of the text, without overlaps; white space and punctuation that needs no colour is left out. Works on
 * any text, parsed or not. Give the tree when there is one already.
 */
export function tokens(source: string, program: Program = parsed(source)): ClassifiedToken[] {
  const out: ClassifiedToken[] = [];
  const known = placesInTree(program);
  const raw = rawRegions(program);
  let at = program.shebang?.length ?? 0;
  if (at > 0) out.push({ start: 0, end: at, class: 'comment' });
  let previous: Token | null = null;
  let region = 0;
  for (;;) {
    const next = raw[region];
    const sink = {
      comment: (start: number, end: number) => out.push({ start, end, class: 'comment' as const }),
    };
    const limit = next?.start ?? source.length;
    const token = scan(source, at, limit, sink);
    if (token.kind !== 'eof') {
      const kind = known.get(token.start) ?? classify(token, previous, source);
      if (kind !== null) out.push({ start: token.start, end: token.end, class: kind });
      previous = token;
      at = token.end;
    } else if (next === undefined) {
      return out;
    } else {
      if (next.end > next.start) out.push(next);
      at = next.end;
      previous = null;
      region++;
    }
  }
}

/** What is not made of tokens: attach points and preprocessor lines. */
function rawRegions(program: Program): ClassifiedToken[] {
  const regions: ClassifiedToken[] = [];
  for (const item of program.preamble) {
    if (item.kind === 'directive') regions.push({ ...item.span, class: 'directive' });
    else if (!item.active) regions.push({ ...item.span, class: 'comment' });
  }
  for (const item of program.items) {
    if (item.kind !== 'probe') continue;
    for (const point of item.attachPoints) regions.push({ ...point.span, class: 'probe' });
  }
  return regions.sort((a, b) => a.start - b.start);
}

/** Classes that only the tree knows, by the offset of their token. */
function placesInTree(program: Program): Map<number, TokenClass> {
  const places = new Map<number, TokenClass>();
  for (const node of nodes(program)) {
    switch (node.kind) {
      case 'type-name':
        if (node.base.kind === 'named' && node.base.tag === null) places.set(node.span.start, 'type');
        break;
      case 'member':
        places.set(node.nameSpan.start, 'identifier');
        break;
      case 'macro':
      case 'function':
        places.set(node.nameSpan.start, 'function');
        break;
      case 'map-decl':
        places.set(node.typeSpan.start, 'type');
        break;
      default:
        break;
    }
  }
  return places;
}

function classify(token: Token, previous: Token | null, source: string): TokenClass | null {
  switch (token.kind) {
    case 'int':
      return 'number';
    case 'string':
      return 'string';
    case 'variable':
    case 'positional':
      return 'variable';
    case 'map':
      return 'map';
    case 'punct':
      return /^[{}()[\];,]$/.test(token.text) ? null : 'operator';
    case 'word':
      return classifyWord(token, previous, source);
    default:
      return null;
  }
}

function classifyWord(token: Token, previous: Token | null, source: string): TokenClass {
  const { text } = token;
  if (previous?.text === '.' || previous?.text === '->') return 'identifier';
  if (KEYWORDS.has(text) || C_WORDS.has(text)) return 'keyword';
  if (previous !== null && /^(struct|union|enum)$/.test(previous.text)) return 'type';
  if (isBaseWord(text)) return 'type';
  if (isValueWord(text)) return 'builtin';
  if (/\s*\(/y.test(source.slice(token.end, token.end + 2))) return 'function';
  return TYPE_WORD.test(text) ? 'type' : 'identifier';
}
