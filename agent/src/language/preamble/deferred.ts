/**
 * Bodies that use macros: the text is expanded where it stands, and read when the rest of the file is. All expansions of a
 * file join the sources at once, since each joining copies them.
 */
import type { Span } from '../diagnostic.ts';
import { Cursor } from '../parser/cursor.ts';
import { scan } from '../parser/scanner.ts';
import type { Constants } from './constants.ts';
import { closing, expandRange, usesMacro } from './expansion.ts';
import type { Expanded } from './expansion.ts';

interface Body {
  readonly expanded: Expanded;
  readonly read: (c: Cursor) => void;
}

export class DeferredBodies {
  private readonly constants: Constants;
  private readonly bodies: Body[] = [];
  private readonly budget = { tokens: 1_000_000 };
  /** A body has no end: it is not looked for behind others either, which would each read all that follows. */
  private unclosed = false;

  constructor(constants: Constants) {
    this.constants = constants;
  }

  /** True when macros are used between here and the closing brace: `read` is then called by `finish`, the cursor goes on behind. */
  defer(c: Cursor, read: (c: Cursor) => void): boolean {
    if (!this.constants.hasText || this.unclosed) return false;
    const end = bodyEnd(c, this.constants);
    this.unclosed = end === null;
    if (end === null || !usesMacro(this.constants, c.source, c.token.start, end)) return false;
    const report = (span: Span, code: string, message: string): void => c.error(span, message, undefined, code);
    const region = { start: c.token.start, end };
    this.bodies.push({ expanded: expandRange(this.constants, c.source, region, this.budget, report), read });
    c.seek(end);
    return true;
  }

  finish(c: Cursor): void {
    const { sources } = this.constants;
    const bodies = this.bodies.splice(0);
    const texts = bodies.map(({ expanded }) => expanded.text);
    let offset = 0;
    const pieces = bodies.flatMap(({ expanded }, i) => {
      const shifted = expanded.pieces.map((piece) => ({ ...piece, at: piece.at + offset }));
      offset += (texts[i]?.length ?? 0) + 1;
      return shifted;
    });
    if (bodies.length === 0) return;
    let start = sources.addExpansion(texts.join('\n'), pieces);
    for (const [i, { read }] of bodies.entries()) {
      const end = start + (texts[i]?.length ?? 0);
      const inner = new Cursor(sources.text, c.options, start, end, c.valueNames);
      read(inner);
      for (const diagnostic of inner.diagnostics) c.report(diagnostic);
      start = end + 1;
    }
  }
}

/** Behind the brace that closes the next one, or behind a macro that is a whole body; null when there is none. */
function bodyEnd(c: Cursor, constants: Constants): number | null {
  let depth = 0;
  for (let token = c.token; token.kind !== 'eof'; token = scan(c.source, token.end, c.end, null)) {
    const macro = depth === 0 && token.kind === 'word' ? constants.macro(token.text) : null;
    if (macro?.asText === true && scan(constants.sources.text, macro.start, macro.end, null).text === '{') {
      return macro.params === null ? token.end : closing(c.source, token.end, c.end);
    }
    if (token.text === '{') depth++;
    else if (token.text === '}' && --depth <= 0) return depth === 0 ? token.end : null;
  }
  return null;
}
