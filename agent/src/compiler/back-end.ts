/** The checked program to maps and bytecode. */
import type { Diagnostic } from '../language/diagnostic.ts';
import { Diagnostics } from '../language/diagnostic.ts';
import type { HirProgram } from '../language/hir.ts';
import type { Target } from '../language/target.ts';
import { emitProgram } from './emit/program.ts';
import { Module } from './lower/module.ts';
import { lowerProgram } from './lower/program.ts';
import type { CompiledQuery, ProgramSpec } from './program.ts';
import { siteGroups } from './site-groups.ts';
import { planStorage } from './storage.ts';

export interface BackEnd {
  /** null when there are errors. */
  readonly query: CompiledQuery | null;
  readonly diagnostics: readonly Diagnostic[];
  /** The programs' IR as text. Passes change it in place, so it is made anew when asked for. */
  readonly ir: () => string;
}

const STACK_LIMIT = 512;
const DEFAULT_RING_BYTES = 1 << 24;
const SMALLEST_RING_BYTES = 1 << 12;

export function compileHir(
  hir: HirProgram,
  source: string,
  target: Target,
  warnings: readonly Diagnostic[] = [],
  onIr: ((text: string) => void) | null = null,
): BackEnd {
  const diagnostics = new Diagnostics();
  const storage = planStorage(hir, target);
  const module = new Module(hir, target, storage, diagnostics);
  const programs: ProgramSpec[] = [];
  const ir = (): string => {
    const parts: string[] = [];
    compileHir(hir, source, target, [], (text) => parts.push(text));
    return parts.join('\n');
  };
  for (const probe of hir.probes) {
    for (const group of siteGroups(probe.probes, target)) {
      const emitted = emitProgram(lowerProgram(module, probe, group), onIr);
      programs.push(emitted.spec);
      if (emitted.stack > STACK_LIMIT) {
        diagnostics.error(
          'stack-limit',
          probe.span,
          `This probe needs ${emitted.stack} bytes of stack, and BPF programs have ${STACK_LIMIT}`,
          'Use fewer variables at a time, or split the probe.',
        );
      }
    }
  }
  const all = [...warnings, ...diagnostics.list];
  if (diagnostics.hasErrors) return { query: null, diagnostics: all, ir };
  const bytes = ringBytes(hir, target);
  const specs = module.mapSpecs(bytes);
  const { perCpu, data } = storage;
  const query: CompiledQuery = {
    source,
    config: hir.config,
    maps: specs,
    programs,
    actions: module.layouts(),
    userMaps: storage.userMaps,
    structs: hir.structs,
    ring: module.ring,
    ringBytes: bytes,
    lost: module.ring === null ? null : { map: data, offset: perCpu.start + storage.lost, stride: perCpu.stride },
    mapFull: storage.full.map((offset, userMap) => ({
      userMap,
      map: data,
      offset: perCpu.start + offset,
      stride: perCpu.stride,
    })),
    startTime: module.start === null ? null : { map: module.start, offset: 0 },
    missedTicks: module.missedTicks ?? null,
    stackMaps: module.stackMaps,
    unwind: module.unwind,
    siteNames: module.siteNames,
    diagnostics: all,
  };
  return { query, diagnostics: all, ir };
}

function ringBytes(hir: HirProgram, target: Target): number {
  const pages = hir.config.perf_rb_pages;
  if (pages === null) return DEFAULT_RING_BYTES;
  return Math.max(SMALLEST_RING_BYTES, 2 ** Math.ceil(Math.log2(Math.max(1, pages) * target.pageSize)));
}
