/** A program as text in the one canonical style: what `bpfscope fmt` and the editor's format button give. */
import type { AttachPoint, ConfigBlock, Expr, Item, PreambleItem, Program } from '../ast.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { parse } from '../parser/parse.ts';
import { CommentQueue } from './comments.ts';
import type { Doc } from './doc.ts';
import { firstCharacter, group, hard, indent, join, line, render } from './doc.ts';
import { printExpr, printType } from './expressions.ts';
import { quote } from './literals.ts';
import { BlockPrinter } from './statements.ts';

/** Columns that lines are broken at where they can be. */
const WIDTH = 100;

/**
 * `source`, when given, is the text the tree was parsed from: comments behind statements stay there and blank lines are
 * kept. Trees with `error` nodes lose those parts: use `format` for text that may have mistakes.
 */
export function print(program: Program, source: string | null = null): string {
  const comments = new CommentQueue(program.comments, source);
  const printer = new ProgramPrinter(new BlockPrinter(comments), comments);
  const text = render(printer.print(program), WIDTH).trimStart();
  // Behind an empty line it is a directive, and none in the first.
  const otherwise = text.startsWith('#!') ? '\n' : '';
  const shebang = program.shebang === null ? otherwise : `${program.shebang}\n`;
  return shebang + (text === '' ? '' : `${text.trimEnd()}\n`);
}

/** Formats text; with syntax errors `text` is null. */
export function format(source: string): { readonly text: string | null; readonly diagnostics: readonly Diagnostic[] } {
  const { program, diagnostics } = parse(source);
  const broken = diagnostics.some(({ severity }) => severity === 'error');
  return { text: broken ? null : print(program, source), diagnostics };
}

type Part = PreambleItem | Item | (ConfigBlock & { readonly kind: 'config' });

class ProgramPrinter {
  private readonly blocks: BlockPrinter;
  private readonly comments: CommentQueue;

  constructor(blocks: BlockPrinter, comments: CommentQueue) {
    this.blocks = blocks;
    this.comments = comments;
  }

  print(program: Program): Doc {
    const config: Part[] = program.config === null ? [] : [{ ...program.config, kind: 'config' }];
    const parts: Part[] = [...program.preamble, ...config, ...program.items];
    parts.sort((a, b) => a.span.start - b.span.start);
    const out: Doc[] = [];
    parts.forEach((part, i) => {
      const previous = parts[i - 1];
      const spaced = previous !== undefined && isSpaced(previous, part);
      const before = this.comments.leading(headerEnd(part), part.span.start, out.length === 0);
      // The first newline ends the part before; a second one is an empty line between them.
      out.push(...(spaced && before[1] !== hard ? [hard, ...before] : before));
      out.push(this.part(part), ...this.comments.trailing(part.span.end));
    });
    out.push(...this.comments.dangling(Infinity, out.length === 0));
    return out;
  }

  private part(part: Part): Doc {
    switch (part.kind) {
      case 'directive':
      case 'c-declaration':
        return part.text;
      case 'config':
        return this.config(part);
      case 'import':
        return `import ${quote(part.path)};`;
      case 'map-decl':
        return [`let @${part.name} = ${part.mapType}(`, printExpr(part.maxEntries, this.blocks), ');'];
      case 'macro': {
        const sigils = { variable: '$', map: '@', identifier: '' } as const;
        const params = part.params.map((p): Doc => [
          sigils[p.kind] + p.name,
          p.type === null ? '' : [' : ', printType(p.type, this.blocks)],
        ]);
        return [`macro ${part.name}(`, ...join(', ', params), ') ', this.blocks.printBlock(part.body, 'value')];
      }
      case 'function': {
        const params = part.params.map((p): Doc => [`$${p.name} : `, printType(p.type, this.blocks)]);
        const head: Doc = [`fn ${part.name}(`, ...join(', ', params), ') : ', printType(part.returns, this.blocks)];
        return [head, ' ', this.blocks.printBlock(part.body, 'statement')];
      }
      case 'probe':
        return this.probe(part);
    }
  }

  private probe({ attachPoints, predicate, body }: Extract<Item, { kind: 'probe' }>): Doc {
    const points = attachPoints.flatMap((point, i): Doc[] => {
      const next = attachPoints[i + 1];
      if (next === undefined) return [attachPoint(point)];
      return [attachPoint(point), ',', ...this.comments.between(point.span.end, next.span.start), hard];
    });
    const head: Doc[] = [...points];
    let end = attachPoints.at(-1)?.span.end ?? body.span.start;
    if (predicate !== null) {
      const comments = this.comments.between(end, predicate.span.end);
      head.push(comments.length === 0 ? line : [...comments, hard], ...this.predicate(predicate));
      end = predicate.span.end;
    }
    const comments = this.comments.between(end, body.span.start);
    return [group(head), comments.length === 0 ? ' ' : [...comments, hard], this.blocks.printBlock(body, 'statement')];
  }

  /** A predicate that begins with `*` would begin a comment. */
  private predicate(expr: Expr): Doc[] {
    const doc = printExpr(expr, this.blocks);
    return [firstCharacter(doc) === '*' ? '/ ' : '/', doc, '/'];
  }

  private config(config: ConfigBlock): Doc {
    const lines = config.entries.map(({ key, value, span }, i): Doc => {
      const text = value.kind === 'word' ? value.text : printExpr(value, this.blocks);
      return [
        ...this.comments.leading(span.end, span.start, i === 0),
        `${key} = `,
        text,
        ';',
        ...this.comments.trailing(span.end),
      ];
    });
    lines.push(...this.comments.dangling(config.span.end, lines.length === 0));
    return lines.length === 0 ? 'config = { }' : ['config = {', indent(lines), hard, '}'];
  }
}

function attachPoint(point: AttachPoint): Doc {
  return point.name === null ? point.text : `${point.name}=${point.text}`;
}

/** Comments before this offset go in front of the part. */
function headerEnd(part: Part): number {
  if (part.kind === 'config') return part.span.start;
  if (part.kind === 'probe') return part.attachPoints[0]?.span.end ?? part.span.start;
  return 'body' in part ? part.body.span.start : part.span.end;
}

/** Preamble lines, imports and map declarations stand together; all else is set apart by an empty line. */
function isSpaced(previous: Part, part: Part): boolean {
  const family = (of: Part): string => (of.kind === 'directive' || of.kind === 'c-declaration' ? 'preamble' : of.kind);
  const together = ['preamble', 'import', 'map-decl'];
  return family(previous) !== family(part) || !together.includes(family(part));
}
