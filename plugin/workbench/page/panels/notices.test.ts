// @vitest-environment jsdom
import { toDataFrame } from '@grafana/data';
import { expect, test } from 'vitest';
import { noticesOf } from './notices.ts';

const frame = (...notices: { severity: 'info' | 'warning' | 'error'; text: string }[]) =>
  toDataFrame({ meta: { notices }, fields: [] });

test('each text once, the gravest first', () => {
  const info = { severity: 'info', text: 'late' } as const;
  const warning = { severity: 'warning', text: 'lost' } as const;
  expect(noticesOf([frame(info, warning), frame(info), toDataFrame({ fields: [] })])).toEqual([warning, info]);
});
