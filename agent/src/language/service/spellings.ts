/** Old spellings that still work, with the new one as a fix: hints for the editor, never errors. */
import type { Diagnostic, Span } from '../diagnostic.ts';
import { parsed } from './parsed.ts';
import { nodes } from '../walk.ts';

const PROVIDERS: Readonly<Record<string, string>> = { BEGIN: 'begin', END: 'end', kfunc: 'fentry', kretfunc: 'fexit' };

function hint(span: Span, old: string, text: string, message: string): Diagnostic {
  return {
    code: 'old-spelling',
    severity: 'info',
    span,
    message,
    fix: { span, text, title: `Replace \`${old}\` by \`${text}\`` },
  };
}

export function oldSpellings(source: string): Diagnostic[] {
  const program = parsed(source);
  const found: Diagnostic[] = [];
  for (const item of program.items) {
    if (item.kind !== 'probe') continue;
    for (const point of item.attachPoints) {
      const old = point.parts[0] ?? '';
      const text = Object.hasOwn(PROVIDERS, old) ? PROVIDERS[old] : undefined;
      const start = point.span.end - point.text.length;
      if (text !== undefined && source.startsWith(old, start)) {
        found.push(hint({ start, end: start + old.length }, old, text, `\`${old}\` is now written \`${text}\``));
      }
    }
  }
  for (const node of nodes(program)) {
    if ((node.kind === 'member' || node.kind === 'tuple-member') && node.arrow) {
      const end = node.kind === 'member' ? node.nameSpan.start : node.span.end;
      const start = source.lastIndexOf('->', end);
      if (start >= node.object.span.start) {
        found.push(hint({ start, end: start + 2 }, '->', '.', '`.` follows pointers too, `->` is not needed'));
      }
    }
    if (node.kind === 'call' && node.name === 'delete' && node.args.length === 1) {
      const [map] = node.args;
      if (map?.kind !== 'map' || map.keys === null) continue;
      const [first, last] = [map.keys[0], map.keys.at(-1)];
      if (first === undefined || last === undefined) continue;
      const keys = source.slice(first.span.start, map.span.end - 1).trim();
      const text = `delete(@${map.name}, ${map.keys.length > 1 ? `(${keys})` : keys})`;
      found.push(
        hint(node.span, source.slice(node.span.start, node.span.end), text, 'the key is now an argument of its own'),
      );
    }
  }
  return found.sort((a, b) => a.span.start - b.span.start);
}
