/** Names for columns, read off the query text: `@[comm, args.id]` gives `comm` and `id`. Only a label: any text will do. */

/** Names of a map's key columns. `name` with its `@`. */
export function keyLabels(source: string, name: string, count: number): string[] {
  for (let from = source.indexOf(`${name}[`); from >= 0; from = source.indexOf(`${name}[`, from + 1)) {
    const parts = splitArguments(source, from + name.length);
    if (parts.length === count) return unique(parts.map((part, index) => labelOf(part) ?? `key${index}`));
  }
  return Array.from({ length: count }, (_, index) => `key${index}`);
}

/** Names of the values that a call prints: `printf("%s %d", comm, pid)` gives `comm` and `pid`. `call` is the call's text. */
export function argumentLabels(call: string, count: number): string[] {
  const open = call.indexOf('(');
  const parts = open < 0 ? [] : splitArguments(call, open);
  return unique(
    Array.from({ length: count }, (_, index) => labelOf(parts[parts.length - count + index] ?? '') ?? `value${index}`),
  );
}

/** The last name in an expression that is not a function: `str(args.filename)` is about `filename`. */
function labelOf(expression: string): string | null {
  const text = expression.replace(/"(?:[^"\\]|\\.)*"/g, '');
  const simple = /^\s*[@$]?[A-Za-z_][\w]*(?:(?:\.|->)[A-Za-z_]\w*)*\s*$/.test(text);
  const names = [...text.matchAll(/[A-Za-z_]\w*(?!\w*\s*\()/g)].map(([name]) => name);
  const last = names[names.length - 1];
  if (last === undefined) return null;
  return simple || names.length <= 2 ? last : null;
}

/** The arguments between the bracket at `open` and its partner. */
function splitArguments(text: string, open: number): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let index = open; index < text.length; index++) {
    const character = text[index];
    if (character === '"') index = closingQuote(text, index);
    else if (character === '(' || character === '[' || character === '{') depth++;
    else if (character === ')' || character === ']' || character === '}') {
      depth--;
      if (depth === 0) return [...parts, text.slice(start, index)];
    } else if (character === ',' && depth === 1) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [];
}

function closingQuote(text: string, open: number): number {
  for (let index = open + 1; index < text.length; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === '"') return index;
  }
  return text.length;
}

function unique(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    return times === 0 ? name : `${name}${times}`;
  });
}
