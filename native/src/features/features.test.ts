import { expect, it, vi } from 'vitest';
import { parseKernelConfig } from './kernel-config.ts';
import { parsePrivileges } from './privileges.ts';
import { hostSettings } from './host-settings.ts';
import { forgetFeatures, probe } from './probe.ts';

const held = (status: string): string[] =>
  parsePrivileges(status, '6.1.0')
    .filter((privilege) => privilege.held)
    .map(({ name }) => name);

it.each([
  ['Name:\tx\nCapEff:\t0000000000000000\n', []],
  ['CapEff:\t000000c000000000\n', ['CAP_BPF', 'CAP_PERFMON']],
  ['CapEff:\t0000000000200000\n', ['CAP_BPF', 'CAP_PERFMON', 'CAP_SYS_ADMIN', 'CAP_SYSLOG']],
])('reads capabilities of %j', (status, names) => expect(held(status)).toEqual(names));

it('asks for CAP_SYS_RESOURCE only where it counts', () => {
  const asked = (kernel: string): boolean =>
    parsePrivileges('CapEff:\t0', kernel).some(({ name }) => name === 'CAP_SYS_RESOURCE');
  expect([asked('5.10.0-32-cloud'), asked('5.11.0'), asked('6.1.0')]).toEqual([true, false, false]);
});

it('reads a kernel configuration', () => {
  const config = parseKernelConfig('CONFIG_BPF=y\n# CONFIG_KPROBES is not set\nCONFIG_HZ=250\n');
  expect([...config]).toEqual([
    ['CONFIG_BPF', 'y'],
    ['CONFIG_HZ', '250'],
  ]);
});

it('says what every bad setting does and how to change it', () => {
  for (const { good, effect, mend } of hostSettings()) expect([effect !== '', mend !== '']).toEqual([!good, !good]);
});

it('does not know a feature that does not exist', () => {
  expect(probe('no-such-feature')).toMatchObject({ available: false, reason: 'no such feature' });
  expect(probe('helper:bpf_nope').available).toBe(false);
});

it('does without what is switched off', () => {
  vi.stubEnv('BPFSCOPE_WITHOUT', 'ringbuf,kprobe_multi');
  forgetFeatures();
  for (const name of ['ringbuf', 'kprobe_multi']) {
    expect(probe(name)).toMatchObject({ available: false, reason: 'switched off by BPFSCOPE_WITHOUT' });
  }
  expect(probe('ring')).toMatchObject({ reason: 'no such feature' });
  vi.unstubAllEnvs();
  forgetFeatures();
});
