import { expect, test } from 'vitest';
import { errorText } from './error-text.ts';

test.each([
  ['the agent', { data: { error: { code: 'x', message: 'No such metric.' }, message: 'y' } }, 'No such metric.'],
  ['Grafana', { status: 502, data: { message: 'Bad gateway' } }, 'Bad gateway'],
  ['an exception', new Error('broken'), 'broken'],
  ['a status', { statusText: 'Forbidden', data: '' }, 'Forbidden'],
  ['nothing', undefined, 'The request failed without saying why.'],
])('%s', (_name, error, expected) => {
  expect(errorText(error)).toBe(expected);
});
