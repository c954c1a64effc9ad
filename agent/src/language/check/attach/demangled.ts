/**
 * C++ and Rust functions by the names that people write: `foo::bar`, every overload of it; `foo::bar(int)`, one of them;
 * `foo::bar<int>`; a wildcard in any of these. What a template returns, which is part of its name, may be left out.
 */
import type { Target } from '../../target.ts';
import { globMatcher } from './glob.ts';

export interface NamePattern {
  /** Whether a mangled name can be of it: a look that is cheap, before the name is demangled. */
  mayBe(mangled: string): boolean;
  matches(readable: string): boolean;
}

const MANGLED = /^_{1,2}[ZR]/;
/** Words of names that mangling abbreviates. */
const ABBREVIATED: ReadonlySet<string> = new Set(
  'std string basic_string basic_ostream basic_istream basic_iostream allocator anonymous namespace char bool short int long float double void unsigned signed const'.split(
    ' ',
  ),
);

/** Only blanks between two words are part of a name. */
const plain = (text: string): string => text.replace(/\s+/g, ' ').replace(/(?<=\W) | (?=\W)/g, '');

export function namePattern(text: string): NamePattern {
  const wanted = plain(text);
  // Demanglers differ in whether they show what a template returns.
  const patterns = [...new Set([wanted, withoutResult(wanted)])];
  const matchers = patterns.map(globMatcher);
  const head = /^[^(<{]*/.exec(wanted.replace(/\(anonymous namespace\)/g, ''))?.[0] ?? '';
  // What is next to a wildcard is part of a word, and still found in it.
  const words = (head.replace(/\boperator\b.*/, '').match(/[A-Za-z_]\w*/g) ?? []).filter(
    (word) => !ABBREVIATED.has(word),
  );
  return {
    mayBe: (mangled) => MANGLED.test(mangled) && words.every((word) => mangled.includes(word)),
    matches: (readable) => spellings(plain(readable)).some((one) => matchers.some((matches) => matches(one))),
  };
}

/** Where a host demangles nothing, names are as they are. */
export const demanglerOf = ({ demangle }: Pick<Target, 'demangle'>): ((name: string) => string) =>
  demangle ?? ((name) => name);

/** Whether a name is meant to be looked for in this way, without `cpp:` too. */
export const isReadableName = (text: string): boolean => /::|[(<]/.test(text);

/** With and without the parameters, with and without what it returns. */
function spellings(name: string): string[] {
  const open = parametersAt(name);
  if (open < 0) return [name];
  const whole = [...new Set([name, withoutResult(name)])];
  return [...whole, ...whole.map((one) => one.slice(0, one.length - (name.length - open)))];
}

function withoutResult(name: string): string {
  const open = parametersAt(name);
  return open < 0 ? name : name.slice(nameStart(name.slice(0, open)));
}

/** Where the list of parameters begins: the last bracket that is closed behind everything but `const` and its like; -1: none. */
function parametersAt(name: string): number {
  const end = name.lastIndexOf(')');
  if (end < 0 || /[^\w &.[\]]/.test(name.slice(end + 1))) return -1;
  let depth = 0;
  for (let at = end; at >= 0; at--) {
    if (name[at] === ')') depth++;
    else if (name[at] === '(' && --depth === 0) return at;
  }
  return -1;
}

/** Behind the blank that ends the type of the result; 0 for functions that have none in their name. */
function nameStart(qualified: string): number {
  const operator = /(?:^|[: ])operator\b/.exec(qualified);
  let depth = 0;
  for (let at = (operator?.index ?? qualified.length) - 1; at >= 0; at--) {
    const letter = qualified[at] ?? '';
    if ('>)}]'.includes(letter)) depth++;
    else if ('<({['.includes(letter)) depth--;
    else if (letter === ' ' && depth === 0) return at + 1;
  }
  // " operator" begins with the blank itself.
  return operator !== null && operator[0].startsWith(' ') ? operator.index + 1 : 0;
}
