/**
 * A query with all that it includes and imports, macros of its preamble expanded: what the compiler reads. The tree has the
 * imported items in the place of their import; its spans are places in `sources`.
 */
import type { Import, Item, PreambleItem, Program } from '../ast.ts';
import type { Diagnostic, Severity, Span } from '../diagnostic.ts';
import { Constants } from '../preamble/constants.ts';
import { DeferredBodies } from '../preamble/deferred.ts';
import { NO_FILES } from '../preamble/files.ts';
import type { FileReader, FileRefusal, SourceFile } from '../preamble/files.ts';
import { Preamble } from '../preamble/preamble.ts';
import { Sources } from '../sources.ts';
import { Cursor } from './cursor.ts';
import type { ParseOptions } from './cursor.ts';
import { parseContents, shebangOf } from './parse.ts';
import type { Contents } from './parse.ts';

export interface LinkOptions extends ParseOptions {
  /** Absent: no file is read, as for queries over HTTP. */
  readonly files?: FileReader;
  /** Headers to include in front of the query (`--include`). */
  readonly includes?: readonly string[];
}

export interface LinkResult {
  readonly program: Program;
  /** Their spans are places in `sources`, in its order. */
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: Sources;
}

interface LinkedContents extends Contents {
  readonly preamble: readonly PreambleItem[];
}

const MAX_FILES = 200;
const MAX_DEPTH = 32;
const MAX_CHARACTERS = 4 * 1024 * 1024;

export function link(source: string, options: LinkOptions = {}): LinkResult {
  return new Linker(source, options).link();
}

class Linker {
  private readonly options: LinkOptions;
  private readonly files: FileReader;
  private readonly source: string;
  private readonly sources: Sources;
  private readonly constants: Constants;
  private readonly valueNames = new Set<string>();
  private readonly diagnostics: Diagnostic[] = [];
  /** Files being read, the query left out: innermost last. */
  private readonly open: SourceFile[] = [];
  private readonly once = new Set<string>();
  private readonly imported = new Set<string>();
  private count = 0;
  private full = false;

  constructor(source: string, options: LinkOptions) {
    this.options = options;
    this.files = options.files ?? NO_FILES;
    this.source = source;
    this.sources = new Sources(source);
    this.constants = new Constants(this.sources, options);
  }

  link(): LinkResult {
    const front = this.includeInFront();
    const shebang = shebangOf(this.source);
    const { config, items, preamble } = this.contents(shebang?.length ?? 0, this.source.length, true);
    const program: Program = {
      kind: 'program',
      shebang,
      preamble: [...front, ...preamble],
      config,
      items,
      comments: [],
      span: { start: 0, end: this.source.length },
    };
    const diagnostics = this.diagnostics.sort((a, b) => a.span.start - b.span.start);
    return { program, diagnostics, sources: this.sources };
  }

  /** `--include`: as if the query began with these lines, which are counted as no lines of it. */
  private includeInFront(): readonly PreambleItem[] {
    const { includes = [] } = this.options;
    if (includes.length === 0) return [];
    const text = includes.map((file) => `#include "${file}"\n`).join('');
    const start = this.sources.addFile('--include', text, { start: 0, end: 0 });
    return this.contents(start, start + text.length, false).preamble;
  }

  private cursor(start: number, end: number): Cursor {
    return new Cursor(this.sources.text, this.options, start, end, this.valueNames);
  }

  private contents(start: number, end: number, script: boolean): LinkedContents {
    const c = this.cursor(start, end);
    c.deferred = new DeferredBodies(this.constants);
    const preamble = new Preamble(c, this.constants, (path, system, span) => this.include(path, system, span));
    const contents = script ? parseContents(c, preamble, (item) => this.import(item, preamble)) : header(c, preamble);
    c.deferred.finish(c);
    this.diagnostics.push(...c.diagnostics);
    return { ...contents, preamble: preamble.items };
  }

  private include(path: string, system: boolean, span: Span): readonly PreambleItem[] {
    const file = this.files.include(path, system, this.from);
    if (file === null) return [];
    if ('code' in file) this.refuse(file, span);
    else if (!this.once.has(file.name) && this.mayOpen(file, span)) {
      if (/^[ \t]*#[ \t]*pragma[ \t]+once\b/m.test(file.text)) this.once.add(file.name);
      return this.read(file, span, false).preamble;
    }
    return [];
  }

  private import(item: Import, into: Preamble): readonly Item[] {
    const files = this.files.import(item.path, this.from);
    if ('code' in files) {
      this.refuse(files, item.span);
      return [];
    }
    const items: Item[] = [];
    for (const file of files) {
      const around = this.open.findIndex(({ name }) => name === file.name);
      if (around >= 0) {
        const circle = [...this.open.slice(around), file].map(({ name }) => name).join(' imports ');
        this.report(item.span, 'cyclic-import', `These files import each other: ${circle}.`);
      } else if (!this.imported.has(file.name) && this.mayOpen(file, item.span)) {
        this.imported.add(file.name);
        const contents = this.read(file, item.span, !file.name.endsWith('.h'));
        into.items.push(...contents.preamble);
        items.push(...contents.items);
      }
    }
    return items;
  }

  private read(file: SourceFile, at: Span, script: boolean): LinkedContents {
    const start = this.sources.addFile(file.name, file.text, at);
    this.open.push(file);
    const shebang = script ? (shebangOf(file.text)?.length ?? 0) : 0;
    const contents = this.contents(start + shebang, start + file.text.length, script);
    this.open.pop();
    if (contents.config !== null) {
      const hint = 'Move it to the query itself.';
      this.report(contents.config.span, 'syntax', 'An imported file has no config block.', hint);
    }
    return contents;
  }

  private get from(): string | null {
    return this.open.at(-1)?.name ?? null;
  }

  private mayOpen({ name, text }: SourceFile, span: Span): boolean {
    if (this.full) return false;
    const { length } = this.open;
    if (length >= MAX_DEPTH) {
      this.report(
        span,
        'too-many-files',
        `Files include each other more than ${MAX_DEPTH} deep, the last one is ${name}.`,
      );
      this.full = true;
    } else if (++this.count > MAX_FILES) {
      this.report(span, 'too-many-files', `The query reads more than ${MAX_FILES} files.`);
      this.full = true;
    } else if (this.sources.text.length + text.length > MAX_CHARACTERS + this.source.length) {
      this.report(span, 'too-many-files', `The files of the query have more than ${MAX_CHARACTERS >> 20} MB.`);
      this.full = true;
    }
    return !this.full;
  }

  private refuse({ code, severity, message, hint }: FileRefusal, span: Span): void {
    this.report(span, code, message, hint, severity);
  }

  private report(span: Span, code: string, message: string, hint?: string, severity: Severity = 'error'): void {
    this.diagnostics.push({ code, severity, span, message, ...(hint === undefined ? {} : { hint }) });
  }
}

/** A header: what declares no type (functions, variables) is passed over. */
function header(c: Cursor, preamble: Preamble): Contents {
  while (!c.atEnd) if (!preamble.read()) skipDeclaration(c);
  preamble.finish();
  return { config: null, items: [] };
}

/** Past a function or variable of C, to the next line that begins a declaration or directive. */
function skipDeclaration(c: Cursor): void {
  let depth = 0;
  do {
    const { text } = c.advance();
    if (text === '{') depth++;
    else if (text === '}' && --depth <= 0) break;
    else if (text === ';' && depth === 0) break;
  } while (!c.atEnd && !(depth === 0 && c.isFirstOnLine && c.at('#')));
  c.accept(';');
}
