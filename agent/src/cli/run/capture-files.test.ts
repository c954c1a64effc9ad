import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CaptureFiles } from './capture-files.ts';

it('writes packets that pcap readers read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'capture-'));
  try {
    const captures = new CaptureFiles((boot) => boot + 1_700_000_000_000_000_000n);
    const event = Buffer.alloc(32, 0xee);
    event.writeBigUInt64LE(1_000_000_007n, 0);
    event.writeBigUInt64LE(60n, 8);
    event.writeUInt32LE(3, 16);
    event.write('abc', 20);
    const path = join(folder, 'a.pcap');
    captures.add(path, event);
    captures.add(path, event);
    const file = readFileSync(path);
    expect(file.length).toBe(24 + 2 * (16 + 3));
    expect([file.readUInt32LE(0), file.readUInt16LE(4), file.readUInt16LE(6), file.readUInt32LE(20)]).toEqual([
      0xa1b23c4d, 2, 4, 101,
    ]);
    // Seconds, nanoseconds, bytes here, bytes of the packet.
    expect([24, 28, 32, 36].map((at) => file.readUInt32LE(at))).toEqual([1_700_000_001, 7, 3, 60]);
    expect(file.toString('latin1', 40, 43)).toBe('abc');
    expect(() => captures.add(join(folder, 'no', 'a.pcap'), event)).toThrow(/ENOENT/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
