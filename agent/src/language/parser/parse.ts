import type { Comment, ConfigBlock, Import, Item, PreambleItem, Program } from '../ast.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { Constants } from '../preamble/constants.ts';
import { Preamble } from '../preamble/preamble.ts';
import { Sources } from '../sources.ts';
import { Cursor } from './cursor.ts';
import type { ParseOptions } from './cursor.ts';
import {
  parseConfig,
  parseFunction,
  parseImport,
  parseMacro,
  parseMapDecl,
  parseProbe,
  skipItem,
} from './top-level.ts';

export interface ParseResult {
  readonly program: Program;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a file holds. */
export interface Contents {
  readonly config: ConfigBlock | null;
  readonly items: Item[];
}

/**
 * Reads a bpftrace program. Never throws and always gives a tree: what could not be read is missing from it or is an
 * `error` node, and `diagnostics` (in order of the text) says why. Linear in the length of the text. Includes and imports
 * are left as they are written, see link.ts.
 */
export function parse(source: string, options: ParseOptions = {}): ParseResult {
  const shebang = shebangOf(source);
  const c = new Cursor(source, options, shebang?.length ?? 0);
  const preamble = new Preamble(c, new Constants(new Sources(source), options));
  const { config, items } = parseContents(c, preamble, (item) => [item]);
  const program: Program = {
    kind: 'program',
    shebang,
    preamble: preamble.items,
    config,
    items,
    comments: outside(c.comments, preamble.items),
    span: { start: 0, end: source.length },
  };
  return { program, diagnostics: [...c.diagnostics].sort((a, b) => a.span.start - b.span.start) };
}

export function shebangOf(source: string): string | null {
  return source.startsWith('#!') ? (/^.*/.exec(source)?.[0] ?? '') : null;
}

/** Reads to the end of the cursor's text. `resolve` gives what stands in the place of an import. */
export function parseContents(c: Cursor, preamble: Preamble, resolve: (item: Import) => readonly Item[]): Contents {
  const items: Item[] = [];
  let own = 0;
  let config: ConfigBlock | null = null;
  while (!c.atEnd) {
    if (preamble.read()) {
      if (own > 0) {
        const span = preamble.items.at(-1)?.span ?? c.tokenSpan;
        c.error(span, 'C declarations and directives stand before the first probe');
      }
    } else if (c.at('config') && c.peek().text === '=') {
      const block = parseConfig(c);
      if (config !== null) c.error(block.span, 'there is more than one config block');
      else if (own > 0) c.error(block.span, 'the config block stands before the first probe');
      config ??= block;
    } else if (!c.accept(';')) {
      const { start } = c.token;
      const item = parseItem(c);
      if (item?.kind === 'import') items.push(...resolve(item));
      else if (item !== null) own = items.push(item);
      // Every turn of this loop moves on: skipItem stops where an item begins, which this may still be.
      if (c.token.start === start) c.advance();
      if (c.panic) skipItem(c);
    }
  }
  preamble.finish();
  return { config, items };
}

function parseItem(c: Cursor): Item | null {
  if (c.at('}')) {
    c.error(c.tokenSpan, 'this `}` closes nothing');
    c.advance();
    return null;
  }
  const next = c.peek();
  if (c.at('import') && next.kind === 'string') return parseImport(c);
  if (c.at('macro') && next.kind === 'word') return parseMacro(c);
  if (c.at('fn') && next.kind === 'word') return parseFunction(c);
  if (c.at('let')) return parseMapDecl(c);
  return parseProbe(c);
}

/** Comments inside of preamble items are part of their text already. Both lists are in order. */
function outside(comments: readonly Comment[], items: readonly PreambleItem[]): Comment[] {
  let next = 0;
  return comments.filter(({ span }) => {
    while ((items[next]?.span.end ?? Infinity) <= span.start) next++;
    return span.start < (items[next]?.span.start ?? Infinity);
  });
}
