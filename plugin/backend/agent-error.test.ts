import { expect, test } from 'vitest';
import { answerError, connectionError, refusalText } from './agent-error.ts';

const url = new URL('https://node1:9435/api/v1/health');

test.each([
  ['ENOTFOUND', 'dns', /node1 is not known/],
  ['EAI_AGAIN', 'dns', /DNS does not answer/],
  ['ECONNREFUSED', 'unreachable', /No agent listens at https:\/\/node1:9435/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', /certificate of https:\/\/node1:9435 is not accepted/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', /certificate/],
  ['EWHATEVER', 'unreachable', /cannot be reached: reason \(EWHATEVER\)/],
])('%s is %s', (code, kind, text) => {
  const error = connectionError(Object.assign(new Error('reason'), { code }), url);
  expect(error.kind).toBe(kind);
  expect(error.message).toMatch(text);
});

test('an error keeps its kind when it passes through', () => {
  const first = connectionError(Object.assign(new Error(''), { code: 'ENOTFOUND' }), url);
  expect(connectionError(first, url)).toBe(first);
});

test('the agent’s refusal is shown with places and hints, warnings are not', () => {
  const diagnostics = [
    { severity: 'error', line: 2, column: 3, message: 'unknown probe', hint: 'did you mean sched_switch?' },
    { severity: 'warning', line: 1, column: 1, message: 'slow' },
  ];
  expect(refusalText({ error: { message: 'The query is wrong', diagnostics } }, 422)).toBe(
    'The query is wrong.\n2:3: unknown probe. did you mean sched_switch?',
  );
  expect(refusalText('<html>', 418)).toBe('The agent answered with HTTP status 418.');
});

test('a head that is the first error is said once', () => {
  const diagnostics = [{ severity: 'error', line: 1, column: 17, message: 'the verifier refused it' }];
  expect(refusalText({ error: { message: '1:17: the verifier refused it', diagnostics } }, 422)).toBe(
    '1:17: the verifier refused it.',
  );
});

test('no refusal is a 401: the browser would take it for its own session', () => {
  for (const hasToken of [true, false]) expect(answerError(401, {}, hasToken).status).toBe(403);
});
