/** docs/kernels.md: the table kernel x case, made of what each kernel's last runs came to. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CASES } from './cases/index.ts';
import { KERNELS } from './kernels.ts';
import { ROOT } from './paths.ts';
import { readResults, type KernelResults } from './results.ts';

const MARK = { pass: 'works', fail: '**fails**', refused: 'refused, with the reason' } as const;

/** What cases measured. Emulation is some twenty times slower than a machine: the ratios count. */
function figures(columns: readonly KernelResults[]): readonly string[] {
  const measured = CASES.filter((one) => one.figures !== undefined);
  const found = columns.flatMap(({ release, cases }) =>
    measured.flatMap(({ id }) => {
      const { outcome, text } = cases[id] ?? { outcome: 'fail', text: '' };
      return outcome === 'pass' && text !== '' ? [`- ${release}: ${text.replaceAll('\n', '; ')}`] : [];
    }),
  );
  return found.length === 0 ? [] : ['Figures, under emulation:', '', ...found, ''];
}

export function writeReport(): void {
  const columns = KERNELS.flatMap(({ name }): KernelResults[] => {
    const results = readResults(name);
    return results === null ? [] : [results];
  });
  // Where not every kernel ran, the report stays as it is.
  if (columns.length < KERNELS.length) return;
  const rows = CASES.map(({ id }) => {
    const cells = columns.map(({ cases }) => {
      const found = cases[id];
      return found === undefined ? 'not run' : MARK[found.outcome];
    });
    return `| ${id} | ${cells.join(' | ')} |`;
  });
  const text = [
    '# Kernels',
    '',
    'Made by `npm run test:kernels`: each kernel is booted in a virtual machine and runs every case with the compiled executable.',
    '',
    `| case | ${columns.map(({ release }) => release).join(' | ')} |`,
    `| --- | ${columns.map(() => '---').join(' | ')} |`,
    ...rows,
    '',
    ...figures(columns),
  ];
  writeFileSync(join(ROOT, 'docs', 'kernels.md'), text.join('\n'));
}
