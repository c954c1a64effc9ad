import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeValue, replaceBraced, type Replace } from './template.ts';

/** As Grafana's: `${name}` and `${name:format}` of known variables; a format may be a function of the value. */
const grafana =
  (values: Record<string, unknown>): Replace =>
  (text, _scoped, format) =>
    text.replace(
      /\$\{(\w+)(?::(\w+))?\}|\$(\w+)/g,
      (place: string, braced?: string, named?: string, plain?: string) => {
        const name = braced ?? plain ?? '';
        if (!(name in values)) return place;
        if (named !== undefined) return `${named}(${String(values[name])})`;
        return typeof format === 'function' ? format(values[name]) : String(values[name]);
      },
    );

describe('replaceBraced', () => {
  const replace = grafana({ comm: 'dd', pid: 42, many: ['a', 'b'], x: 'wrong' });
  test.each([
    ['/comm == "${comm}"/ { @ = count(); }', '/comm == "dd"/ { @ = count(); }'],
    ['/pid == ${pid}/', '/pid == 42/'],
    // The language's own variables and parameters.
    ['$x = 1; @ = sum($x); $1', '$x = 1; @ = sum($x); $1'],
    ['${unknown}', '${unknown}'],
    ['${comm:csv}', 'csv(dd)'],
    ['${many}', 'a,b'],
    ['{ if (1) { print("$") } }', '{ if (1) { print("$") } }'],
  ])('%s', (text, expected) => {
    expect(replaceBraced(text, {}, replace)).toBe(expected);
  });

  test('a value cannot leave the string literal that it stands in', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const text = replaceBraced('"${v}"', {}, grafana({ v: value }));
        // An unescaped quote or a newline would end the literal.
        expect(text.slice(1, -1).replace(/\\./g, '')).not.toMatch(/["\n\r\\]/);
      }),
    );
  });

  test('escapes what a literal cannot hold as it is', () => {
    expect(escapeValue('a"b\\c\nd')).toBe('a\\"b\\\\c\\nd');
    expect(escapeValue([1, 'x'])).toBe('1,x');
  });
});
