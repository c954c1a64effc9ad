/** Probes in programs and libraries. */
import type { ResolvedProbe } from '../../attach.ts';
import type { UserBinary } from '../../target.ts';
import { nearest } from '../suggest.ts';
import { found, malformed } from './context.ts';
import type { AttachContext, Resolver } from './context.ts';
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
  return binaries;
}

export const uprobe: Resolver = (cx) => {
  const [binary = '', ...rest] = cx.parts;
  const symbol = rest.at(-1);
  if (binary === '' || symbol === undefined || symbol === '' || rest.length > 2) return malformed(cx);
  if (rest.length === 2 && rest[0] !== 'cpp') return lineProbe(cx, binary, rest);
  const at = binary.indexOf('@');
  if (at > 0 && /^\d+$/.test(symbol)) return lineProbe(cx, binary, rest);
  return binariesOf(cx, binary).flatMap((one) => inBinary(cx, one, symbol));
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

function inBinary(cx: AttachContext, binary: UserBinary, pattern: string): readonly ResolvedProbe[] {
  const address = parseNumber(pattern);
  if (address !== null) {
    if (cx.row.returns) return malformed(cx);
    const { from, at } = fileOffset(binary, address);
    return maySet(cx, binary, pattern, from, at) ? [site(cx, binary, '', at, pattern)] : [];
  }
  const [symbol = '', rest] = isGlob(pattern) ? [pattern] : pattern.split('+');
  const extra = rest === undefined ? 0n : parseNumber(rest);
  if (extra === null || extra > 0xffffffffn || (cx.row.returns && rest !== undefined)) return malformed(cx);
  const matches = globMatcher(symbol);
  const seen = new Set<number>();
  const symbols = binary.symbols().filter((one) => {
    // Several names of one place are one probe.
    if (!matches(one.name) || (isGlob(symbol) && seen.has(one.offset))) return false;
    seen.add(one.offset);
    return true;
  });
  const [first] = symbols;
  if (first === undefined) {
    const hint = isGlob(symbol)
      ? undefined
      : nearest(
          symbol,
          binary.symbols().map((one) => one.name),
        );
    cx.missing(`No function of ${binary.path} matches '${symbol}'.`, hint);
    return [];
  }
  if (isGlob(symbol)) return symbols.map((one) => site(cx, binary, one.name, one.offset, one.name));
  if (extra > 0n && first.size > 0 && extra >= BigInt(first.size) && cx.options.unsafe !== true) {
    cx.error(
      'unsafe',
      `The offset is outside of ${symbol}, which has ${String(first.size)} bytes.`,
      '--unsafe allows it.',
    );
    return [];
  }
  const at = first.offset + Number(extra);
  if (extra > 0n && !maySet(cx, binary, pattern, first.offset, at)) return [];
  return [site(cx, binary, first.name, at, pattern)];
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
      cx.missing(`${binary.path} has no code for ${file}:${String(line)}.`, 'It may lack debug information.');
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
    cx.missing(`${where ?? binary} has no USDT probe '${rest.join(':')}'.`, nearest(name, names));
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
