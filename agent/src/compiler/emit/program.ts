/** A lowered program to bytes: optimise, allocate, emit each function, assemble them together. */
import { assemble, type Label } from '@bpfscope/native/asm';
import { allocate } from '../allocate/index.ts';
import { printFn } from '../ir/print.ts';
import type { LoweredProgram } from '../lower/program.ts';
import { optimise } from '../passes/index.ts';
import type { MapReference, ProgramSpec } from '../program.ts';
import { emit, type Emitted } from './emit.ts';

export interface EmittedProgram {
  readonly spec: ProgramSpec;
  readonly ir: string;
  /** Bytes of stack of the largest function. */
  readonly stack: number;
}

export function emitProgram(program: LoweredProgram): EmittedProgram {
  const labels: Label[] = program.functions.map((f) => ({ name: f.name }));
  const ir: string[] = [];
  const all: Emitted[] = [];
  program.functions.forEach((fn, n) => {
    optimise(fn);
    ir.push(printFn(fn));
    const entry = labels[n];
    if (entry !== undefined) for (const e of emit(fn, allocate(fn), entry, labels)) all.push(e);
  });
  const { bytes, positions } = assemble(all.map((e) => e.item));
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
      cookies: null,
      lines,
    },
    ir: ir.join('\n'),
    stack: Math.max(...program.functions.map((f) => f.frame)),
  };
}
