/** Every form of a USDT argument, with the values that the program put there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTool, Workshop } from '@bpfscope/native/testing';
import { runCli } from './cli.ts';

/** Without <sys/sdt.h>, so that the forms are those that are written here. */
const SOURCE = `
#include <stdint.h>
#define USDT(provider, name, format, ...) \\
  __asm__ volatile("990: nop\\n" \\
                   ".pushsection .note.stapsdt,\\"?\\",\\"note\\"\\n" \\
                   ".balign 4\\n .4byte 992f-991f,994f-993f,3\\n" \\
                   "991: .asciz \\"stapsdt\\"\\n" \\
                   "992: .balign 4\\n" \\
                   "993: .8byte 990b, 0, 0\\n" \\
                   ".asciz \\"" #provider "\\"\\n .asciz \\"" #name "\\"\\n .asciz \\"" format "\\"\\n" \\
                   "994: .balign 4\\n .popsection\\n" : : __VA_ARGS__)

int32_t counter = -77;
uint16_t table[8] = { 1, 2, 3, 4, 5, 6, 7, 60000 };
__attribute__((used)) static long hidden = 123456789012;
double real = 2.5;

int main(void) {
  __asm__ volatile("mov $0x1122334455667788, %%rax; mov $-16, %%rbx; mov $-2, %%rcx; mov $0x80, %%r8; mov $0xffff8001, %%r9"
                   ::: "rax", "rbx", "rcx", "r8", "r9");
  USDT(forms, registers, "8@%%rax 4@%%eax 2@%%ax 1@%%al 1@%%ah -1@%%bl -2@%%cx -4@%%ecx -8@%%rcx -1@%%r8b -2@%%r9w 4@%%r9d", "i"(0));
  USDT(forms, constants, "-4@$-5 4@$-5 1@$300 -1@$200 8@$0x10 -8@$-9 2@$-1", "i"(0));
  USDT(forms, globals, "-4@counter(%%rip) 2@table+14(%%rip) 8@hidden(%%rip) 2@4+table(%%rip)", "i"(0));
  register void *base __asm__("r12") = table;
  register long index __asm__("r13") = 7;
  USDT(forms, memory, "2@(%%r12) 2@2(%%r12) 2@(%%r12,%%r13,2) 2@-2(%%r12,%%r13,2) 2@-4(%%r12,%%r13)", "r"(base), "r"(index));
#ifndef __PIC__
  USDT(fixed, memory, "2@table(,%%r13,2) 2@table+6 8@hidden", "r"(index));
#endif
  USDT(forms, floats, "8f@%%xmm0 8f@real(%%rip) 8@nothing(%%rip)", "i"(0));
  for (int k = 0; k < 3; k++) USDT(places, many, "-4@%0", "nor"(k));
  USDT(places, many, "-4@%0", "nor"(7));
  USDT(places, many, "-4@%0", "nor"(counter));
  USDT(others, many, "-4@%0 -4@$8", "nor"(1));
  return 0;
}
`;

const usable = process.getuid?.() === 0 && process.arch === 'x64' && hasTool('gcc');

describe.skipIf(!usable)('arguments of USDT probes (need root and gcc)', () => {
  const shop = new Workshop();
  beforeAll(() => {
    shop.write('forms.c', SOURCE);
    shop.run('gcc', '-O2', '-fPIE', '-pie', '-o', 'moved', 'forms.c');
    shop.run('gcc', '-O2', '-fno-pie', '-no-pie', '-o', 'fixed', 'forms.c');
  });
  afterAll(() => shop.close());

  const run = (program: string, query: string) =>
    runCli(['run', '-q', '-c', shop.path(program), '-e', query.replaceAll('BIN', shop.path(program))]);
  const FORMS: Readonly<Record<string, string>> = {
    'forms:registers': '1234605616436508552 1432778632 30600 136 119 -16 -2 -2 -2 -128 -32767 4294934529',
    'forms:constants': '-5 4294967291 44 -56 16 -9 65535',
    'forms:globals': '-77 60000 123456789012 3',
    'forms:memory': '1 2 60000 7 768',
  };
  const FIXED: typeof FORMS = { ...FORMS, 'fixed:memory': '60000 4 123456789012' };

  it.each([
    ['moved', FORMS],
    ['fixed', FIXED],
  ])('have the values that were put there: a program that is %s', async (program, forms) => {
    const probes = Object.entries(forms).map(([probe, values]) => {
      const args = values.split(' ').map((_, at) => `arg${at}`);
      return `usdt:BIN:${probe} { printf("${args.map(() => '%lld').join(' ')}\\n", ${args.join(', ')}); }`;
    });
    const { stdout, stderr } = await run(program, probes.join('\n'));
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual(Object.values(forms));
  });

  it.each([
    ['arg0', /"8f@%xmm0" of this USDT probe cannot be read: it is a floating-point number/],
    ['arg1', /"8f@real\(%rip\)" of this USDT probe cannot be read: it is a floating-point number/],
    ['arg2', /cannot be read: it is at nothing, of which the symbols of the binary do not say where it is/],
    ['arg3', /has 3 arguments/],
  ])('are refused when they cannot be read: %s', async (name, words) => {
    expect((await run('moved', `usdt:BIN:forms:floats { print(${name}); }`)).stderr).toMatch(words);
  });

  it.each(['', 'uprobe_multi'])('differ from place to place of one name, without %j', async (lacking) => {
    const query = 'usdt:BIN:places:many { @[(int32)arg0] = count(); } usdt:BIN:*:many { @all = sum((int32)arg0); }';
    const words = ['run', '-q', '-c', shop.path('moved'), '-e', query.replaceAll('BIN', shop.path('moved'))];
    const { stdout } = await runCli(words, { env: { BPFSCOPE_WITHOUT: lacking } });
    expect(stdout.trim().split('\n')).toEqual(['@[-77]: 1', '@[0]: 1', '@[1]: 1', '@[2]: 1', '@[7]: 1', '@all: -66']);
  });
});
