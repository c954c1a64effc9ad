import { table } from '../case.ts';

const json = { args: ['-f', 'json'] };

export const jsonOutput = table([
  ['printf', 'BEGIN { printf("a \\"b\\"\\n"); }', /\{"type": "printf", "data": "a \\"b\\"\\n"\}/, json],
  [
    'value',
    'BEGIN { print(5); print("x"); print((1, "y")); }',
    [/\{"type": "value", "data": 5\}/, /\{"type": "value", "data": "x"\}/, /\{"type": "value", "data": \[1, ?"y"\]\}/],
    json,
  ],
  ['scalar map', 'BEGIN { @x = 5; }', /\{"type": "map", "data": \{"@x": 5\}\}/, json],
  ['keyed map', 'BEGIN { @x[1, "b c"] = 5; }', /\{"type": "map", "data": \{"@x": \{"1,bc": 5\}\}\}/, json],
  [
    'stats',
    'BEGIN { @x = stats(4); }',
    /\{"type": "stats", "data": \{"@x": \{"count": 1, "average": 4, "total": 4\}\}\}/,
    json,
  ],
  [
    'hist',
    'BEGIN { @x = hist(5); }',
    /\{"type": "hist", "data": \{"@x": \[\{"min": 4, "max": 7, "count": 1\}\]\}\}/,
    json,
  ],
  [
    'hist by key',
    'BEGIN { @x["k"] = hist(5); }',
    /\{"type": "hist", "data": \{"@x": \{"k": \[\{"min": 4, "max": 7, "count": 1\}\]\}\}\}/,
    json,
  ],
  [
    'lhist',
    'BEGIN { @x = lhist(5, 0, 10, 2); }',
    /\{"type": "hist", "data": \{"@x": \[\{"min": 4, "max": 5, "count": 1\}\]\}\}/,
    json,
  ],
  ['time', 'BEGIN { time("%Y"); }', /\{"type": "time", "data": "20\d\d"\}/, json],
]);
