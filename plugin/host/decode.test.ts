import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { expect, test } from 'vitest';
import { encodeArrow } from '../backend/arrow.ts';
import type { FrameMeta } from '../shared/index.ts';
import { decodeArrow } from './decode.ts';
import { parseHandshake, parseLogLine } from './process.ts';

test('refuses what Grafana refuses: dictionaries, and notices with inspect as text', () => {
  const guessed = tableFromArrays({ comm: ['a', 'b'] }); // strings without a type become a dictionary
  expect(() => decodeArrow(tableToIPC(guessed, 'file'))).toThrow(/cannot read the Arrow type/);
  const notice = { severity: 'warning' as const, text: 'x', inspect: 'stats' };
  const meta: FrameMeta = { notices: [notice] };
  expect(() => decodeArrow(encodeArrow({ meta, fields: [] }))).toThrow(/inspect stats/);
});

test('handshakes', () => {
  expect(parseHandshake('1|2|unix|/tmp/x/plugin|grpc')).toBe('unix:/tmp/x/plugin');
  expect(parseHandshake('1|2|tcp|127.0.0.1:10001|grpc|')).toBe('127.0.0.1:10001');
  for (const line of ['', 'hello', '1|1|tcp|127.0.0.1:1|grpc', '1|2|tcp|127.0.0.1:1|netrpc', '1|2|udp|x|grpc']) {
    expect(() => parseHandshake(line)).toThrow(/handshake/);
  }
});

test('log lines: hclog’s JSON, else debug text', () => {
  expect(parseLogLine('{"@level":"warn","@message":"m"}')).toMatchObject({ level: 'warn', message: 'm' });
  expect(parseLogLine('panic: x')).toEqual({ level: 'debug', message: 'panic: x', entry: null });
});
