import type { Case } from '../case.ts';

export const catalog: readonly Case[] = [
  {
    id: 'catalog/every-metric-attaches',
    command: 'bpfscope catalog --verify',
    expect: [/[1-9]\d+ metrics attached, 0 refused/],
    timeout: 900,
  },
];
