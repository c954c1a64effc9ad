import { expect, test } from 'vitest';
import { parseDiagnostics } from '../language/diagnostics.ts';
import { toMarkers } from './markers.ts';

const markersOf = (source: string) => toMarkers(parseDiagnostics(source, []));

test('a query that parses has none', () => {
  expect(markersOf('tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }')).toEqual([]);
});

test('an error is marked on its token, in its line', () => {
  const source = 'interval:s:1 {\n  print(@a;\n}';
  const [marker] = markersOf(source);
  expect(marker).toMatchObject({ severity: 8, startLineNumber: 2, startColumn: 11, endLineNumber: 2, endColumn: 12 });
});

test('every error has a column to be seen in, at the end of the text too', () => {
  for (const source of ['interval:s:1 {', 'interval:s:1 { @ = ', 'begin { "', '/', 'kprobe:f { @[ }']) {
    const markers = markersOf(source);
    expect(markers.length, source).toBeGreaterThan(0);
    for (const { startLineNumber, startColumn, endLineNumber, endColumn } of markers) {
      expect(startColumn, source).toBeGreaterThanOrEqual(1);
      expect(endLineNumber > startLineNumber || endColumn > startColumn, source).toBe(true);
    }
  }
});

test('the hint is part of what the marker says', () => {
  const at = { start: 0, end: 1, line: 1, column: 1, endLine: 1, endColumn: 2 };
  const [marker] = toMarkers([{ ...at, code: 'c', severity: 'warning', message: 'Wrong.', hint: 'Mend it.' }]);
  expect(marker).toMatchObject({ severity: 4, message: 'Wrong.\nMend it.' });
});
