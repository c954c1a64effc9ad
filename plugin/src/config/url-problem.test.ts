import { expect, test } from 'vitest';
import { urlProblem } from './url-problem.ts';

test.each(['', 'http://127.0.0.1:9435', 'https://host/bpfscope', 'http://[::1]:9435'])('%s is fine', (url) => {
  expect(urlProblem(url)).toBeNull();
});

test.each([
  ['localhost:9435', /http:\/\//],
  ['nonsense', /complete URL/],
  ['ftp://host', /http:\/\//],
  ['http://user:secret@host', /token/],
  ['http://host/?a=1', /after the path/],
])('%s is told', (url, expected) => {
  expect(urlProblem(url)).toMatch(expected);
});
