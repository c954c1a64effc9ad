/** A lowered program to bytes: optimise, allocate, emit each function, assemble them together. */
import { assemble, type Label } from '@bpfscope/native/asm';
import { allocate } from '../allocate/index.ts';
import type { Span } from '../../language/diagnostic.ts';
import type { Fn } from '../ir/instruction.ts';
import { printFn } from '../ir/print.ts';
import type { LoweredProgram } from '../lower/program.ts';
import { optimise } from '../passes/index.ts';
import type { MapReference, ProgramSpec } from '../program.ts';
import { programBtf, type ProgramBtf } from '@bpfscope/native/btf';
import { calledFunctions } from './called-functions.ts';
import { Code } from './code.ts';
import { emit } from './emit.ts';
import { frameWalker, WALKER_FRAME, WALKER_PARAMS } from './frame-walker.ts';

export interface EmittedProgram {
  readonly spec: ProgramSpec;
  /** Bytes of stack of the largest function. */
  readonly stack: number;
}

/** As FunctionAddress numbers it. */
const FRAME_WALKER = -1;

/** `onIr` gets each function's IR as text: as it was lowered, and after each pass that changed it. */
export function emitProgram(program: LoweredProgram, onIr: ((text: string) => void) | null = null): EmittedProgram {
  const frame = program.unwind === null ? null : frameWalker(program.unwind);
  const labels: Label[] = program.functions.map((f) => ({ name: f.name }));
  if (frame !== null) labels.push(frame.label);
  const code = new Code();
  for (const fn of program.functions) {
    if (onIr === null) optimise(fn);
    else optimise(fn, teller(fn, onIr));
  }
  const called = calledFunctions(program.functions, labels.length === 1);
  program.functions.forEach((fn, n) => {
    const entry = labels[n];
    if (entry === undefined || !called.has(n)) return;
    const allocated = allocate(fn, onIr === null ? undefined : teller(fn, onIr, null));
    emit(code, fn, allocated, entry, labels);
  });
  if (frame !== null && called.has(FRAME_WALKER)) frame.add(code);
  const { bytes, positions, labels: places } = assemble(code.items);
  return {
    spec: {
      name: program.name,
      type: program.type,
      expectedAttachType: program.expectedAttachType,
      attachBtfId: program.attachBtfId,
      flags: 0,
      instructions: bytes,
      references: referencesOf(code, positions),
      probes: program.sites,
      ...(program.through === null ? {} : { through: program.through }),
      cookies: program.cookies,
      ...(program.timers === null ? {} : { timers: program.timers }),
      lines: linesOf(code, positions),
      btf: called.size === 1 ? null : functionTypes(program, labels, places),
    },
    stack: stackOf(program),
  };
}

function referencesOf({ maps }: Code, positions: readonly number[]): MapReference[] {
  const references: MapReference[] = [];
  for (let n = 0; n < maps.length; n++) {
    const map = maps[n];
    if (map !== null && map !== undefined)
      references.push({ instruction: positions[n] ?? 0, map: map.map, use: map.use });
  }
  return references;
}

/** Where the place in the text changes. */
function linesOf({ spans }: Code, positions: readonly number[]): ProgramSpec['lines'] {
  const lines: { readonly instruction: number; readonly span: Span }[] = [];
  let last: Span | null = null;
  for (let n = 0; n < spans.length; n++) {
    const span = spans[n] ?? null;
    if (span === null || (last?.start === span.start && last.end === span.end)) continue;
    last = span;
    lines.push({ instruction: positions[n] ?? 0, span });
  }
  return lines;
}

/** Prints a function after the passes that change it; `before`: with what it was before the first. */
function teller(fn: Fn, onIr: (text: string) => void, before: string | null = 'lower'): (pass: string) => void {
  let shown = printFn(fn);
  if (before !== null) onIr(`; after ${before}\n${shown}`);
  return (pass) => {
    const text = printFn(fn);
    if (text === shown) return;
    shown = text;
    onIr(`; after ${pass}\n${text}`);
  };
}

function functionTypes(
  program: LoweredProgram,
  labels: readonly Label[],
  places: ReadonlyMap<Label, number>,
): ProgramBtf {
  const functions = labels.flatMap((label, n) => {
    const slot = places.get(label);
    const params = program.functions[n]?.params.length ?? WALKER_PARAMS;
    return slot === undefined ? [] : [{ name: label.name, params, slot }];
  });
  return programBtf(functions);
}

/** What the kernel rounds each frame up to. */
const FRAME = 32;

/** The program's frame and the largest of a function called back in it; the kernel checks nested ones. */
function stackOf(program: LoweredProgram): number {
  const [own = 0, ...called] = program.functions.map((f) => Math.ceil(f.frame / FRAME) * FRAME);
  if (program.unwind !== null) called.push(WALKER_FRAME);
  return called.length === 0 ? (program.functions[0]?.frame ?? 0) : own + Math.max(...called);
}
