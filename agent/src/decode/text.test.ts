import { describe, expect, it } from 'vitest';
import type { Datum } from './datum.ts';
import { keyText } from './text.ts';

const tuple = (...values: Datum[]): Datum => ({ kind: 'tuple', values });
const stack: Datum = { kind: 'stack', frames: ['a+1', 'b+2'], text: '\n        a+1\n        b+2\n' };

describe('keyText', () => {
  it.each<[string, Datum, string]>([
    ['a tuple without its parentheses', tuple('a', 1), 'a, 1'],
    ['a tuple in a tuple', tuple(tuple(1, 2), 3), '(1, 2), 3'],
    ['a name in parentheses as it is', '(sd-pam)', '(sd-pam)'],
    ['two of them', tuple('(a', 'b)'), '(a, b)'],
    ['a stack, indented by four', stack, '\n    a+1\n    b+2\n'],
    ['a stack beside a name', tuple(stack, 'x'), '\n    a+1\n    b+2\n, x'],
  ])('%s', (_, key, text) => expect(keyText(key)).toBe(text));
});
