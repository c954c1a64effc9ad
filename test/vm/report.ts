/** docs/kernels.md: the table kernel x case, made from the results of a whole run. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from './case.ts';
import type { Kernel } from './kernels.ts';
import { ROOT } from './paths.ts';

const MARK = { pass: 'works', fail: '**fails**', refused: 'refused, with the reason' } as const;

export function writeReport(results: readonly Result[], kernels: readonly Kernel[]): void {
  const ids = [...new Set(results.map((r) => r.case.id))];
  const rows = ids.map((id) => {
    const cells = kernels.map((k) => {
      const result = results.find((r) => r.case.id === id && r.kernel === k.name);
      return result === undefined ? '' : MARK[result.outcome];
    });
    return `| ${id} | ${cells.join(' | ')} |`;
  });
  const text = [
    '# Kernels',
    '',
    'Made by `npm run test:kernels`: each kernel is booted in a virtual machine and runs every case with the compiled executable.',
    '',
    `| case | ${kernels.map((k) => k.name).join(' | ')} |`,
    `| --- | ${kernels.map(() => '---').join(' | ')} |`,
    ...rows,
    '',
  ];
  writeFileSync(join(ROOT, 'docs', 'kernels.md'), text.join('\n'));
}
