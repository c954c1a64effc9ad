import { tokens } from '@bpfscope/agent/language';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeTokens, legend, tokenCount } from './semantic-tokens.ts';

/** Back to text: what Monaco would colour, and how. */
function decode(source: string): [text: string, type: string][] {
  const data = encodeTokens(source);
  const lines = source.split('\n');
  let line = 0;
  let column = 0;
  return Array.from({ length: tokenCount(data) }, (_, index) => {
    const [down = 0, right = 0, length = 0, type = 0] = data.subarray(index * 5, index * 5 + 5);
    line += down;
    column = down === 0 ? column + right : right;
    return [lines[line]?.slice(column, column + length) ?? '', legend.tokenTypes[type] ?? ''];
  });
}

test('classes of a small query', () => {
  const found = Object.fromEntries(decode('tracepoint:sched:sched_switch /pid > 1/ { @a[comm] = count(); } // why'));
  expect(found).toMatchObject({
    'tracepoint:sched:sched_switch': 'type',
    pid: 'variable',
    '@a': 'tag',
    count: 'predefined',
    '1': 'number',
    '// why': 'comment',
  });
});

test('a comment over lines is coloured in each of them', () => {
  const comments = decode('/* one\n\ntwo */ begin { }').filter(([, type]) => type === 'comment');
  expect(comments.map(([text]) => text)).toEqual(['/* one', 'two */']);
});

test('nothing overlaps or leaves its line, whatever the text', () => {
  const piece = fc.constantFrom(
    '/*',
    '*/',
    '"',
    '\n',
    '@a',
    'begin',
    '{',
    '}',
    '//',
    ' ',
    '$x',
    '0x1',
    'kprobe:f',
    '/',
    '#',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }).map((parts) => parts.join('')),
      (source) => {
        const pieces = decode(source);
        expect(pieces.every(([text]) => text.length > 0 && !text.includes('\n'))).toBe(true);
        // Every coloured character of the service is coloured here.
        const wanted = tokens(source).reduce(
          (sum, { start, end }) => sum + source.slice(start, end).replaceAll('\n', '').length,
          0,
        );
        expect(pieces.reduce((sum, [text]) => sum + text.length, 0)).toBe(wanted);
      },
    ),
  );
});
