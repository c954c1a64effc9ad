/** Probes in programs and libraries. */
import type { ResolvedProbe } from '../../attach.ts';
import type { UserBinary, UserSymbol } from '../../target.ts';
import { nearest } from '../suggest.ts';
import { found, malformed } from './context.ts';
import type { AttachContext, Resolver } from './context.ts';
import { demanglerOf, isReadableName, namePattern } from './demangled.ts';
import { globMatcher, isGlob } from './glob.ts';
import { parseNumber } from './numbers.ts';

function binariesOf(cx: AttachContext, pattern: string, pid = cx.options.pid ?? null): readonly UserBinary[] {
  const problem = pid === null ? null : (cx.target.processProblem?.(pid) ?? null);
  if (problem !== null) {
    cx.missing(`Process ${pid} cannot be looked into: ${problem}.`);
    return [];
  }
  const binaries = cx.target.binaries(pattern, pid);
  if (binaries.length === 0) cx.missing(`There is no program or library '${pattern}'.`, 'Give its full path.');
  // Of many some may be scripts.
  const [only, ...others] = binaries;
  const unreadable = others.length === 0 ? (only?.problem?.() ?? null) : null;
  if (only === undefined || unreadable === null) return binaries;
  cx.missing(`${only.path} cannot be traced: ${unreadable}.`);
  return [];
}

export const uprobe: Resolver = (cx) => {
  const [binary = '', ...rest] = cx.parts;
  const readable = rest.length > 1 && rest[0] === 'cpp';
  // A name with `::` that is not in quotes comes in parts.
  const symbol = (readable ? rest.slice(1) : rest).join(':');
  if (binary === '' || symbol === '') return malformed(cx);
  if (binary.indexOf('@') > 0 && /^\d+(:\d+)?$/.test(symbol)) return lineProbe(cx, binary, rest);
  if (!readable && rest.length > 1 && !symbol.includes('::')) return malformed(cx);
  return binariesOf(cx, binary).flatMap((one) => inBinary(cx, one, symbol, readable));
};

function site(cx: AttachContext, binary: UserBinary, symbol: string, offset: number, spelled: string): ResolvedProbe {
  return found(`${cx.row.name}:${binary.path}:${spelled}`, {
    kind: 'uprobe',
    return: cx.row.returns,
    path: binary.path,
    symbol,
    offset,
    pid: cx.options.pid ?? null,
  });
}

/** A function of an attach point, and how far behind its start the probe is. */
interface Wanted {
  readonly name: string;
  /** Looked for among the names that people read. */
  readonly readable: boolean;
  /** null: not a number. */
  readonly extra: bigint | null;
}

function wantedOf(text: string, readable: boolean): Wanted {
  // `operator+` ends in no number.
  const [, name = text, number] = /^(.+)\+([^+:]*)$/.exec(text) ?? [];
  const extra = number === undefined ? 0n : parseNumber(number);
  if (readable || isReadableName(text)) {
    return extra === null ? { name: text, readable: true, extra: 0n } : { name, readable: true, extra };
  }
  return isGlob(text) ? { name: text, readable: false, extra: 0n } : { name, readable: false, extra };
}

/** Each place once, by the first of its names. */
function symbolsOf(cx: AttachContext, binary: UserBinary, { name, readable }: Wanted): readonly UserSymbol[] {
  const matches = globMatcher(name);
  const demangle = demanglerOf(cx.target);
  const pattern = readable ? namePattern(name) : null;
  const seen = new Set<number>();
  return binary.symbols().filter((one) => {
    if (seen.has(one.offset)) return false;
    const isOne =
      matches(one.name) || (pattern !== null && pattern.mayBe(one.name) && pattern.matches(demangle(one.name)));
    if (isOne) seen.add(one.offset);
    return isOne;
  });
}

function inBinary(cx: AttachContext, binary: UserBinary, text: string, readable: boolean): readonly ResolvedProbe[] {
  const address = readable ? null : parseNumber(text);
  if (address !== null) {
    if (cx.row.returns) return malformed(cx);
    const { from, at } = fileOffset(binary, address);
    return maySet(cx, binary, text, from, at) ? [site(cx, binary, '', at, text)] : [];
  }
  const wanted = wantedOf(text, readable);
  const { extra } = wanted;
  if (extra === null || extra > 0xffffffffn || (cx.row.returns && extra !== 0n)) return malformed(cx);
  const symbols = symbolsOf(cx, binary, wanted);
  if (symbols.length === 0) {
    noFunction(cx, binary, wanted);
    return [];
  }
  if (cx.row.returns && !mayReturn(cx, binary, symbols)) return [];
  if (extra === 0n) {
    warnOfChoice(cx, symbols);
    // Static functions of one name, overloads: each is meant.
    return symbols.map((one) => site(cx, binary, one.name, one.offset, one.name));
  }
  return behindStart(cx, binary, text, extra, symbols);
}

function noFunction(cx: AttachContext, binary: UserBinary, { name, readable }: Wanted): void {
  const demangle = demanglerOf(cx.target);
  const hint = (): string | undefined => {
    if (isGlob(name)) return undefined;
    const names = binary.symbols().map((one) => one.name);
    const asWritten = readable ? null : namePattern(name);
    const mangled = names.find((one) => asWritten?.mayBe(one) === true && asWritten.matches(demangle(one)));
    if (mangled !== undefined) return `It is ${demangle(mangled)}: write cpp:"${name}".`;
    const last = /\w+(?=\W*$)/.exec(name.replace(/\(.*$/, ''))?.[0] ?? name;
    if (readable && binary.symbols().some((one) => demangle(one.name).includes(`${name}<`)))
      return `It is a template: ${name}<* are its instances.`;
    return nearest(name, readable ? names.filter((one) => one.includes(last)).map(demangle) : names);
  };
  cx.missing(
    `No function of ${binary.path} matches '${name}'.`,
    () => hint() ?? binary.stripped?.('symbols') ?? undefined,
  );
}

/**
 * The kernel puts an address of its own in place of the return address (kernel/events/uprobes.c, prepare_uretprobe). Who
 * reads that, crashes: Go when it moves a stack, C++ and Rust when they unwind one.
 */
function mayReturn(cx: AttachContext, binary: UserBinary, symbols: readonly UserSymbol[]): boolean {
  if (cx.options.unsafe === true) return true;
  if (binary.isGo?.() === true) {
    cx.error(
      'unsafe',
      `${binary.path} is a Go program: a probe on a return crashes it when its stack moves.`,
      'Use uprobe:binary:function+offset at each `ret` that the disassembly shows; --unsafe sets it anyway.',
    );
    return false;
  }
  if (symbols.some(({ name }) => /^_[ZR]/.test(name))) {
    cx.warning(
      'return-address',
      'An exception or panic that passes through this function ends the program while the probe is set.',
      'The probe replaces the return address, by which they find their way. Use uprobe on functions that may throw.',
    );
  }
  return true;
}

/** What is called is chosen when the program starts: a probe on the name would seem never to be passed. */
function warnOfChoice(cx: AttachContext, symbols: readonly UserSymbol[]): void {
  if (symbols.length > 8) return;
  for (const { name, indirect } of symbols) {
    if (indirect !== true) continue;
    cx.warning(
      'indirect-function',
      `${name} is called by other names, one for each kind of CPU: the probe sees only how one is chosen.`,
      `Those that are called often have names like __${name}_avx2 (uprobe:...:__${name}_*).`,
    );
  }
}

/** `function+offset`. */
function behindStart(
  cx: AttachContext,
  binary: UserBinary,
  text: string,
  extra: bigint,
  symbols: readonly UserSymbol[],
): readonly ResolvedProbe[] {
  const [first, ...others] = symbols;
  if (first === undefined) return [];
  if (others.length > 0) {
    const places = symbols.map((one) => `0x${(one.address + extra).toString(16)}`);
    const hint = `Name the address, one of ${places.slice(0, 8).join(', ')}.`;
    cx.error('ambiguous-function', `Several functions of ${binary.path} are called ${first.name}.`, hint);
    return [];
  }
  if (first.size > 0 && extra >= BigInt(first.size) && cx.options.unsafe !== true) {
    cx.error(
      'unsafe',
      `The offset is outside of ${first.name}, which has ${String(first.size)} bytes.`,
      '--unsafe allows it.',
    );
    return [];
  }
  const at = first.offset + Number(extra);
  return maySet(cx, binary, text, first.offset, at) ? [site(cx, binary, first.name, at, text)] : [];
}

/** A breakpoint inside an instruction makes another one of it: whoever comes there crashes, in every process. */
function maySet(cx: AttachContext, binary: UserBinary, place: string, from: number | null, at: number): boolean {
  if (cx.options.unsafe === true) return true;
  const starts = from === null ? null : binary.startsInstruction(from, at);
  if (starts === true) return true;
  const message =
    starts === false
      ? `${place} is inside of an instruction of ${binary.path}: a probe there would crash the program.`
      : `It cannot be told whether an instruction of ${binary.path} begins at ${place}: inside of one a probe would crash the program.`;
  cx.error('unsafe', message, 'Use an offset that the disassembly shows; --unsafe sets it anyway.');
  return false;
}

/**
 * An address of the program as an offset in its file, by the nearest symbol, which begins at `from`; both are equal when
 * there is none.
 */
function fileOffset(binary: UserBinary, address: bigint): { readonly from: number | null; readonly at: number } {
  let best: { readonly address: bigint; readonly offset: number } | null = null;
  for (const one of binary.symbols()) {
    if (one.address <= address && (best === null || one.address > best.address)) best = one;
  }
  if (best === null) return { from: null, at: Number(address) };
  return { from: best.offset, at: best.offset + Number(address - best.address) };
}

/** `binary@file.c:42[:col]`. */
function lineProbe(cx: AttachContext, spec: string, rest: readonly string[]): readonly ResolvedProbe[] {
  const at = spec.indexOf('@');
  const line = Number(rest[0]);
  if (at <= 0 || !Number.isInteger(line) || line <= 0 || cx.row.returns) return malformed(cx);
  const file = spec.slice(at + 1);
  return binariesOf(cx, spec.slice(0, at)).flatMap((binary) => {
    const offsets = binary.line(file, line);
    if (offsets.length === 0)
      cx.missing(
        `${binary.path} has no code for ${file}:${String(line)}.`,
        () => binary.stripped?.('debug-info') ?? 'Lines that are only declarations or comments have none.',
      );
    return offsets.map((offset) => site(cx, binary, '', offset, `${file}:${String(line)}`));
  });
}

export const usdt: Resolver = (cx) => {
  // Of a process that is known (-p, -c) the binary may be left out: all that it has mapped.
  const pid = cx.options.pid ?? cx.options.cpid ?? null;
  const parts =
    pid !== null && (cx.parts[0] === '' || cx.parts.length === 1)
      ? ['*', ...cx.parts.filter((part) => part !== '')]
      : cx.parts;
  const [binary = '', ...rest] = parts;
  const name = rest.at(-1);
  if (binary === '' || name === undefined || rest.length > 2) return malformed(cx);
  const provider = rest.length === 2 ? (rest[0] ?? '*') : '*';
  const [inProvider, isName] = [globMatcher(provider === '' ? '*' : provider), globMatcher(name)];
  const binaries = binariesOf(cx, binary, binary === '*' ? pid : undefined);
  const probes = binaries.flatMap((one) => one.usdt().map((probe) => ({ ...probe, path: one.path })));
  const wanted = probes.filter((probe) => inProvider(probe.provider) && isName(probe.name));
  if (wanted.length === 0 && binaries.length > 0) {
    const names = probes.map((probe) => probe.name);
    const where =
      binary === '*' && pid !== null ? `Process ${pid}` : binaries.length === 1 ? binaries[0]?.path : binary;
    cx.missing(`${where ?? binary} has no USDT probe '${rest.join(':')}'.`, () => nearest(name, names));
  }
  return wanted.map(({ path, provider, name, offset, semaphoreOffset, args }) =>
    found(`usdt:${path}:${provider}:${name}`, {
      kind: 'usdt',
      path,
      provider,
      name,
      offset,
      semaphoreOffset,
      // Where the program is named, as with uprobes, those of the command's own children count too.
      pid: binary === '*' ? pid : (cx.options.pid ?? null),
      args,
    }),
  );
};
