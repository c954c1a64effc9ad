/** A lowered program to bytes: optimise, allocate, emit each function, assemble them together. */
import { assemble, type Label } from '@bpfscope/native/asm';
import { allocate } from '../allocate/index.ts';
import { printFn } from '../ir/print.ts';
import type { LoweredProgram } from '../lower/program.ts';
import { optimise } from '../passes/index.ts';
import type { MapReference, ProgramSpec } from '../program.ts';
import { programBtf, type ProgramBtf } from '@bpfscope/native/btf';
import { emit, type Emitted } from './emit.ts';
import { frameWalker, WALKER_FRAME, WALKER_PARAMS } from './frame-walker.ts';

export interface EmittedProgram {
  readonly spec: ProgramSpec;
  /** Bytes of stack of the largest function. */
  readonly stack: number;
}

/** `onIr` gets each function's IR as text, before registers are given. */
export function emitProgram(program: LoweredProgram, onIr: ((text: string) => void) | null = null): EmittedProgram {
  const frame = program.unwind === null ? null : frameWalker(program.unwind);
  const labels: Label[] = program.functions.map((f) => ({ name: f.name }));
  if (frame !== null) labels.push(frame.label);
  const all: Emitted[] = [];
  program.functions.forEach((fn, n) => {
    optimise(fn);
    onIr?.(printFn(fn));
    const entry = labels[n];
    if (entry !== undefined) for (const e of emit(fn, allocate(fn), entry, labels)) all.push(e);
  });
  if (frame !== null) for (const e of frame.code) all.push(e);
  const { bytes, positions, labels: places } = assemble(all.map((e) => e.item));
  const references: MapReference[] = [];
  const lines: { instruction: number; span: { start: number; end: number } }[] = [];
  all.forEach((e, n) => {
    const instruction = positions[n] ?? 0;
    if (e.map !== null) references.push({ instruction, map: e.map.map, use: e.map.use });
    const last = lines.at(-1);
    if (e.span !== null && (last?.span.start !== e.span.start || last.span.end !== e.span.end)) {
      lines.push({ instruction, span: e.span });
    }
  });
  return {
    spec: {
      name: program.name,
      type: program.type,
      expectedAttachType: program.expectedAttachType,
      attachBtfId: program.attachBtfId,
      flags: 0,
      instructions: bytes,
      references,
      probes: program.sites,
      cookies: program.cookies,
      lines,
      btf: labels.length === 1 ? null : functionTypes(program, labels, places),
    },
    stack: stackOf(program),
  };
}

function functionTypes(
  program: LoweredProgram,
  labels: readonly Label[],
  places: ReadonlyMap<Label, number>,
): ProgramBtf {
  const functions = labels.map((label, n) => {
    const params = program.functions[n]?.params.length ?? WALKER_PARAMS;
    return { name: label.name, params, slot: places.get(label) ?? 0 };
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
