/** The items of a program: probes, macros, functions, map declarations, imports, the config block. */
import type {
  AttachPoint,
  Block,
  ConfigBlock,
  Expr,
  FunctionDef,
  Import,
  MacroDef,
  MacroParam,
  MapDecl,
  Probe,
  TypeName,
} from '../ast.ts';
import { parseAttachPoints } from './attach-points.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expressions.ts';
import { parseList, parseStringToken } from './primary.ts';
import { parseBlock } from './statements.ts';
import { KEYWORDS, describeToken } from './token.ts';
import type { TokenKind } from './token.ts';
import { parseTypeName } from './type-names.ts';

/** Behind a broken item: past its block, or to the next item at the start of a line. */
export function skipItem(c: Cursor): void {
  while (!c.atEnd) {
    if (c.isFirstOnLine && (c.atProbe || (c.token.kind === 'word' && ITEM_WORDS.has(c.token.text)))) break;
    if (c.at('{')) {
      skipBraces(c);
      break;
    }
    if (c.advance().text === '}') break;
  }
  c.panic = false;
}

const ITEM_WORDS: ReadonlySet<string> = new Set(['macro', 'fn', 'import', 'config']);

function skipBraces(c: Cursor): void {
  let depth = 0;
  do {
    const { text } = c.advance();
    if (text === '{') depth++;
    else if (text === '}') depth--;
  } while (depth > 0 && !c.atEnd && !c.atProbe);
}

export function parseProbe(c: Cursor): Probe | null {
  const { start } = c.token;
  if (c.token.kind === 'map' || c.token.kind === 'variable') {
    c.fail(c.tokenSpan, 'statements stand inside a probe', 'for example `begin { ... }` or `interval:s:1 { ... }`');
    return null;
  }
  const attachPoints = parseAttachPoints(c);
  if (attachPoints.length === 0) return null;
  const probe: Writable<Probe> = {
    kind: 'probe',
    attachPoints,
    predicate: null,
    body: emptyBlock(c),
    span: c.spanFrom(start),
  };
  readRest(c, (at) => Object.assign(probe, parseProbeRest(at, attachPoints)));
  probe.span = c.spanFrom(start);
  return probe;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads what is left of an item, now or, where it uses macros of the preamble, when they are expanded. */
function readRest(c: Cursor, read: (c: Cursor) => void): void {
  if (!(c.deferred?.defer(c, read) ?? false)) read(c);
}

const emptyBlock = (c: Cursor): Block => {
  const at = c.previousEnd;
  return { kind: 'block', statements: [], value: null, span: { start: at, end: at } };
};

function parseProbeRest(c: Cursor, attachPoints: readonly AttachPoint[]): Pick<Probe, 'predicate' | 'body'> {
  let predicate: Expr | null = null;
  if (!c.panic && c.accept('/')) {
    c.inPredicate = true;
    predicate = parseExpression(c);
    c.inPredicate = false;
    if (c.panic) {
      while (!c.atEnd && !c.at('{') && !c.at('}')) c.advance();
      if (c.at('{')) c.panic = false;
    } else {
      c.expect('/', 'to close the predicate');
      if (c.at('{')) c.panic = false;
    }
  }
  if (!c.panic && atMacro(c)) return { predicate, body: parseMacroBody(c) };
  if (!c.panic && !c.at('{')) {
    const expected = predicate === null ? '`{` or a `/predicate/`' : '`{`';
    const text = attachPoints.at(-1)?.text ?? '';
    const hint = text.endsWith(':') ? 'an attach point is written without spaces, or in quotes' : undefined;
    c.unexpected(`${expected} behind the attach point`, hint);
  }
  // Half-typed probes are kept: completion asks what could stand behind them.
  return { predicate, body: c.panic ? emptyBlock(c) : parseBlock(c, 'statement') };
}

/** `begin BODY`, where the preamble says what BODY is and nobody expands it: in the editor and the formatter. */
const atMacro = (c: Cursor): boolean =>
  c.deferred === null && c.token.kind === 'word' && (c.valueNames.has(c.token.text) || c.peek().text === '(');

/** The same as `{ BODY }`. */
function parseMacroBody(c: Cursor): Block {
  const { start } = c.token;
  const expr = parseExpression(c);
  const span = c.spanFrom(start);
  return { kind: 'block', statements: [{ kind: 'expr-stmt', expr, span }], value: null, span };
}

/** `config = { key = value; ... }` */
export function parseConfig(c: Cursor): ConfigBlock {
  const { start } = c.advance();
  c.expect('=', 'behind `config`');
  const entries: ConfigBlock['entries'][number][] = [];
  if (!c.panic && c.expect('{', 'to begin the config block')) {
    while (!c.at('}') && !c.atEnd && !c.atProbe) {
      if (c.accept(';')) continue;
      const entry = parseConfigEntry(c);
      if (entry !== null) entries.push(entry);
      if (!c.panic && !c.at('}')) c.expect(';', 'behind the config value');
      while (c.panic && !c.atEnd && !c.at('}') && !c.atProbe) if (c.advance().text === ';') c.panic = false;
      c.panic = false;
    }
    c.expect('}', 'to close the config block');
  }
  c.panic = false;
  c.accept(';');
  return { entries, span: c.spanFrom(start) };
}

function parseConfigEntry(c: Cursor): ConfigBlock['entries'][number] | null {
  const { start } = c.token;
  const keySpan = c.tokenSpan;
  if (c.token.kind !== 'word') {
    c.unexpected('the name of a config variable');
    return null;
  }
  const key = c.advance().text;
  if (!c.expect('=', 'behind the name')) return null;
  const { token } = c;
  const isWord = token.kind === 'word' && !KEYWORDS.has(token.text);
  const value: ConfigBlock['entries'][number]['value'] = isWord
    ? { kind: 'word', text: c.advance().text, span: { start: token.start, end: token.end } }
    : parseExpression(c);
  return { key, keySpan, value, span: c.spanFrom(start) };
}

export function parseImport(c: Cursor): Import | null {
  const { start } = c.advance();
  if (c.token.kind !== 'string') {
    c.unexpected('the path to import, as a string');
    return null;
  }
  const path = parseStringToken(c);
  if (!c.at(';')) c.expect(';', 'behind the import');
  const span = c.spanFrom(start);
  c.accept(';');
  return { kind: 'import', path, span };
}

/** `let @name = lruhash(1000);` */
export function parseMapDecl(c: Cursor): MapDecl | null {
  const { start } = c.advance();
  if (c.token.kind !== 'map') {
    c.unexpected(
      'a map `@name` behind `let`',
      'outside of probes `let` declares a map, as in `let @m = lruhash(1000);`',
    );
    return null;
  }
  const name = c.advance().text.slice(1);
  if (!c.expect('=', 'and the type of the map')) return null;
  const typeSpan = c.tokenSpan;
  if (!c.atKind('word')) {
    c.unexpected('the type of the map', 'hash, lruhash, percpuhash or percpulruhash');
    return null;
  }
  const mapType = c.advance().text;
  if (!c.expect('(', 'and the number of entries')) return null;
  const maxEntries = parseExpression(c);
  if (!c.panic) c.expect(')', 'behind the number of entries');
  if (!c.panic && !c.at(';')) c.expect(';', 'behind the declaration');
  const span = c.spanFrom(start);
  c.accept(';');
  return { kind: 'map-decl', name, mapType, typeSpan, maxEntries, span };
}

function parseName(c: Cursor, of: string): { name: string; nameSpan: { start: number; end: number } } | null {
  const nameSpan = c.tokenSpan;
  if (c.token.kind === 'word' && !KEYWORDS.has(c.token.text)) return { name: c.advance().text, nameSpan };
  c.unexpected(`the name of the ${of}`);
  return null;
}

export function parseMacro(c: Cursor): MacroDef | null {
  const { start } = c.advance();
  const head = parseName(c, 'macro');
  if (head === null) return null;
  const hadName = c.valueNames.has(head.name);
  c.valueNames.add(head.name);
  const params = c.accept('(') ? parseList(c, ')', 'to close the arguments', parseMacroParam) : [];
  if (c.panic) {
    if (!hadName) c.valueNames.delete(head.name);
    return null;
  }
  const macro: Writable<MacroDef> = { kind: 'macro', ...head, params, body: emptyBlock(c), span: c.spanFrom(start) };
  readRest(c, (at) => {
    // An argument of the macro is a value in its body: `(x) * 2` is no cast.
    const names = params.filter((p) => p.kind === 'identifier' && !at.valueNames.has(p.name)).map((p) => p.name);
    for (const name of names) at.valueNames.add(name);
    macro.body = parseBlock(at, 'value');
    for (const name of names) at.valueNames.delete(name);
  });
  macro.span = c.spanFrom(start);
  return macro;
}

const PARAM_KINDS: ReadonlyMap<TokenKind, MacroParam['kind']> = new Map([
  ['variable', 'variable'],
  ['map', 'map'],
  ['word', 'identifier'],
]);

function parseMacroParam(c: Cursor): MacroParam {
  const { token } = c;
  const { start } = token;
  const kind = PARAM_KINDS.get(token.kind);
  if (kind === undefined) {
    c.unexpected('an argument: `$variable`, `@map` or a name');
    return { kind: 'identifier', name: '', type: null, span: c.spanFrom(start) };
  }
  c.advance();
  const type = c.accept(':') ? parseTypeName(c) : null;
  c.height = 0;
  return { kind, name: kind === 'identifier' ? token.text : token.text.slice(1), type, span: c.spanFrom(start) };
}

export function parseFunction(c: Cursor): FunctionDef | null {
  const { start } = c.advance();
  const head = parseName(c, 'function');
  if (head === null || !c.expect('(', 'to begin the arguments')) return null;
  const params = parseList(c, ')', 'to close the arguments', parseParam);
  if (c.panic || !c.expect(':', 'and the type that the function returns')) return null;
  const returns = parseTypeName(c);
  if (c.panic) return null;
  const body = emptyBlock(c);
  const fn: Writable<FunctionDef> = { kind: 'function', ...head, params, returns, body, span: c.spanFrom(start) };
  readRest(c, (at) => (fn.body = parseBlock(at, 'statement')));
  fn.span = c.spanFrom(start);
  return fn;
}

function parseParam(c: Cursor): FunctionDef['params'][number] {
  const { token } = c;
  const none: TypeName = {
    kind: 'type-name',
    base: { kind: 'named', tag: null, name: '' },
    suffixes: [],
    span: c.tokenSpan,
  };
  c.height = 0;
  if (token.kind !== 'variable') {
    c.unexpected(`an argument \`$name : type\`, found ${describeToken(token)}`);
    return { name: '', type: none, span: c.tokenSpan };
  }
  c.advance();
  const type = c.expect(':', 'and the type of the argument') ? parseTypeName(c) : none;
  return { name: token.text.slice(1), type, span: c.spanFrom(token.start) };
}
