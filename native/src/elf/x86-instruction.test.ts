import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasTool } from '../testing/index.ts';
import { instructionLength } from './x86-instruction.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('length of an x86-64 instruction', () => {
  it.each([
    ['push %rbp', '55'],
    ['push %r12', '41 54'],
    ['endbr64', 'f3 0f 1e fa'],
    ['mov %rsp,%rbp', '48 89 e5'],
    ['lea 0xa9a28(%rip),%r12', '4c 8d 25 28 9a 0a 00'],
    ['mov 0x8(%rsp,%rcx,4),%eax', '8b 44 8c 08'],
    ['mov 0x0(,%rax,8),%rdi', '48 8b 3c c5 00 00 00 00'],
    ['movabs $1,%rax', '48 b8 01 00 00 00 00 00 00 00'],
    ['mov $1,%ax', '66 b8 01 00'],
    ['movabs 0x1,%al', 'a0 01 00 00 00 00 00 00 00'],
    ['test $1,%al by its group', 'f6 c0 01'],
    ['not %al', 'f6 d0'],
    ['test $1,%ecx', 'f7 c1 01 00 00 00'],
    ['call', 'e8 00 00 00 00'],
    ['je over 4 bytes', '0f 84 00 00 00 00'],
    ['nopw over a line', '66 2e 0f 1f 84 00 00 00 00 00'],
    ['enter', 'c8 10 00 01'],
    ['pshufb', '66 0f 38 00 c1'],
    ['palignr', '66 0f 3a 0f c1 08'],
    ['mov %cr3,%rax', '0f 20 d8'],
    ['vzeroupper', 'c5 f8 77'],
    ['vpshufd', 'c5 f9 70 c1 1b'],
    ['vpermq', 'c4 e3 fd 00 c1 08'],
    ['vmovdqu64 with a mask', '62 f1 fe 48 6f 40 01'],
    ['vpternlogd', '62 f3 75 48 25 c2 ff'],
  ])('%s', (_name, hex) => {
    const code = bytes(hex);
    expect(instructionLength(code, 0)).toBe(code.length);
    expect(instructionLength(code.subarray(0, code.length - 1), 0)).toBe(null);
  });

  it.each([
    ['no instruction in 64-bit mode', '06'],
    ['nothing', ''],
    ['prefixes alone', '66 66 66 66'],
    ['more prefixes than the processor takes', `${'66'.repeat(15)} 90`],
  ])('%s has none', (_name, hex) => expect(instructionLength(bytes(hex), 0)).toBe(null));

  it('never reads behind the end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (code) => {
        const length = instructionLength(code, 0);
        expect(length === null || (length > 0 && length <= Math.min(15, code.length))).toBe(true);
      }),
    );
  });

  it.skipIf(process.arch !== 'x64' || !hasTool('objdump'))('is what the disassembler says, for all of a shell', () => {
    const said = execFileSync('objdump', ['-d', '-w', '--section=.text', '/bin/bash'], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const wrong: string[] = [];
    let count = 0;
    for (const [line, hex = ''] of said.matchAll(/^\s*[0-9a-f]+:\t((?:[0-9a-f]{2} )+)\s*\t(?!.*\(bad\)).*$/gm)) {
      count++;
      const code = bytes(hex);
      if (instructionLength(code, 0) !== code.length) wrong.push(line);
    }
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(1000);
  });
});
