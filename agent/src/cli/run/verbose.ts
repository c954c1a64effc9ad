/** -v: what the kernel made of the programs. */
import type { CompiledQuery } from '../../compiler/program.ts';
import type { LoadedQuery } from '../../engine/load.ts';

const MOST_PROBES = 10;

/** A line for each probe, before they are attached. */
export function attaching({ programs }: CompiledQuery): string {
  return programs.flatMap(({ probes }) => probes.map(({ name }) => `Attaching ${name}\n`)).join('');
}

export function describeLoaded({ query, programs, maps, loadMs }: LoadedQuery): string {
  const lines: string[] = [];
  for (const [index, program] of programs.entries()) {
    const spec = query.programs[index];
    const { id, verifiedInstructions, jitedSize } = program.info();
    const names = (spec?.probes ?? []).map(({ name }) => name);
    const more = names.length > MOST_PROBES ? ` and ${names.length - MOST_PROBES} more` : '';
    lines.push(
      '',
      `Program ID: ${id}`,
      `${names.slice(0, MOST_PROBES).join(', ')}${more}: ${(spec?.instructions.length ?? 0) / 8} instructions, ${jitedSize} bytes of machine code`,
      'The verifier log: ',
      `processed ${verifiedInstructions} insns`,
    );
  }
  const kept = maps.length === 1 ? '1 map' : `${maps.length} maps`;
  return `${lines.slice(1).join('\n')}\n\nLoaded ${kept} and ${programs.length} program${programs.length === 1 ? '' : 's'} in ${loadMs.toFixed(1)} ms\n`;
}
