/**
 * Layout: text with places where a line may break. A group is set on one line when it fits, else all breaks of that
 * group (not of the groups inside) become newlines. After Wadler, "A prettier printer".
 */
export type Doc =
  | string
  | readonly Doc[]
  /** A space, or a newline when the group breaks. */
  | { readonly kind: 'line' }
  /** Nothing, or a newline when the group breaks. */
  | { readonly kind: 'soft' }
  /** Always a newline; all groups around it break. */
  | { readonly kind: 'hard' }
  | { readonly kind: 'group'; readonly of: Doc; readonly breaks: boolean }
  | { readonly kind: 'indent'; readonly of: Doc }
  /** Text only where the group breaks. */
  | { readonly kind: 'if-broken'; readonly text: string };

export const line: Doc = { kind: 'line' };
export const soft: Doc = { kind: 'soft' };
export const hard: Doc = { kind: 'hard' };

const isList = (doc: Doc): doc is readonly Doc[] => Array.isArray(doc);

/** Whether a hard break is inside: known when a group is made, so that it is not searched for again. */
function hasHard(doc: Doc): boolean {
  if (typeof doc === 'string') return doc.includes('\n');
  if (isList(doc)) return doc.some(hasHard);
  if (doc.kind === 'group') return doc.breaks;
  if (doc.kind === 'indent') return hasHard(doc.of);
  return doc.kind === 'hard';
}

export function group(of: Doc): Doc {
  return { kind: 'group', of, breaks: hasHard(of) };
}

export function indent(of: Doc): Doc {
  return { kind: 'indent', of };
}

export function ifBroken(text: string): Doc {
  return { kind: 'if-broken', text };
}

export function join(separator: Doc, docs: readonly Doc[]): Doc[] {
  return docs.flatMap((doc, i) => (i === 0 ? [doc] : [separator, doc]));
}

/** '' when the document is empty or begins with a break. */
export function firstCharacter(doc: Doc): string {
  if (typeof doc === 'string') return doc.slice(0, 1);
  if (!isList(doc)) return doc.kind === 'group' || doc.kind === 'indent' ? firstCharacter(doc.of) : '';
  const first = doc.find((part) => part !== '');
  return first === undefined ? '' : firstCharacter(first);
}

interface Piece {
  readonly indent: number;
  readonly broken: boolean;
  readonly doc: Doc;
}

const STEP = '  ';

export function render(doc: Doc, width: number): string {
  const out: string[] = [];
  const stack: Piece[] = [{ indent: 0, broken: true, doc }];
  let column = 0;
  const newline = (depth: number): void => {
    // Indentation is only written in front of text: no line ends in spaces.
    pending = STEP.repeat(depth);
    out.push('\n');
    column = pending.length;
  };
  let pending = '';
  for (let piece = stack.pop(); piece !== undefined; piece = stack.pop()) {
    const { indent: depth, broken } = piece;
    const current = piece.doc;
    if (typeof current === 'string') {
      if (current === '') continue;
      out.push(pending, current);
      pending = '';
      const last = current.lastIndexOf('\n');
      column = last < 0 ? column + current.length : current.length - last - 1;
    } else if (isList(current)) {
      for (let i = current.length - 1; i >= 0; i--) stack.push({ indent: depth, broken, doc: current[i] ?? '' });
    } else if (current.kind === 'group') {
      const fit = !current.breaks && fits(current.of, width - column);
      stack.push({ indent: depth, broken: !fit, doc: current.of });
    } else if (current.kind === 'indent') {
      stack.push({ indent: depth + 1, broken, doc: current.of });
    } else if (current.kind === 'if-broken') {
      if (broken) stack.push({ indent: depth, broken, doc: current.text });
    } else if (broken || current.kind === 'hard') {
      newline(depth);
    } else if (current.kind === 'line') {
      stack.push({ indent: depth, broken, doc: ' ' });
    }
  }
  return out.join('');
}

/** Whether a document set on one line takes at most `room` columns. */
function fits(doc: Doc, room: number): boolean {
  let left = room;
  const stack: Doc[] = [doc];
  for (let current = stack.pop(); current !== undefined; current = stack.pop()) {
    if (left < 0) return false;
    if (typeof current === 'string') left -= current.length;
    else if (isList(current)) for (let i = current.length - 1; i >= 0; i--) stack.push(current[i] ?? '');
    else if (current.kind === 'group' || current.kind === 'indent') stack.push(current.of);
    else if (current.kind === 'line') left -= 1;
  }
  return left >= 0;
}
