/** One link for entry and return of user functions: the program asks the kernel which of them it is at. */
import { hostname, uptime } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ElfFile, ElfSymbols } from '@bpfscope/native/elf';
import { findKfunc, probe } from '@bpfscope/native/features';
import { attachUprobeMulti } from '@bpfscope/native/link';
import { BpfMap } from '@bpfscope/native/map';
import { patchMaps, Program } from '@bpfscope/native/prog';
import { openHandles, Scope } from '@bpfscope/native/sys';
import { instruction } from '@bpfscope/native/testing';
import { AttachType, BPF_F_MMAPABLE, BPF_PSEUDO_KFUNC_CALL, MapType, ProgType } from '@bpfscope/native/uapi';
import {
  add,
  atomicAdd,
  call,
  copy,
  exit,
  join,
  jumpIfEqual,
  loadMap,
  move,
  storeRegister,
} from './native-programs.ts';

const GET_ATTACH_COOKIE = 174;

/**
 * Counts entries at 0 and returns at 8 of map 0, the place's cookie at 16. `answer`: what it returns; 1 at an entry is
 * "not the return of this call".
 */
const counting = (isReturn: number, answer: number) => ({
  instructions: join(
    copy(7, 1),
    call(GET_ATTACH_COOKIE),
    loadMap(6),
    storeRegister(6, 16, 0),
    // Newer kernels want the context, older ones nothing.
    copy(1, 7),
    instruction(0x85, BPF_PSEUDO_KFUNC_CALL << 4, 0, isReturn),
    instruction(0x57, 0, 0, 1),
    jumpIfEqual(0, 0, 1),
    add(6, 8),
    move(1, 1),
    atomicAdd(6, 0, 1),
    move(0, answer),
    exit,
  ),
  references: [{ instruction: 2, map: 0, use: 'value' as const }],
});

describe.skipIf(process.getuid?.() !== 0)('uprobe session (needs root)', () => {
  let scope: Scope;

  beforeEach(() => {
    scope = new Scope();
  });

  afterEach(() => {
    scope.close();
    expect(openHandles()).toEqual([]);
  });

  const attach = (answer: number): BigUint64Array => {
    const type = MapType.BPF_MAP_TYPE_ARRAY;
    const spec = { name: 'test', type, keySize: 4, valueSize: 24, maxEntries: 1, flags: BPF_F_MMAPABLE };
    const map = scope.add(BpfMap.create(spec));
    const kfunc = findKfunc('bpf_session_is_return');
    if (kfunc === null) throw new Error('sessions without bpf_session_is_return');
    const { instructions, references } = counting(kfunc, answer);
    const program = scope.add(
      Program.load({
        name: 'test',
        type: ProgType.BPF_PROG_TYPE_KPROBE,
        expectedAttachType: AttachType.BPF_TRACE_UPROBE_SESSION,
        instructions: patchMaps(instructions, references, [map]),
      }),
    );
    const file = scope.add(ElfFile.open(process.execPath));
    const symbols = new ElfSymbols(file);
    const offsets = ['uv_os_gethostname', 'uv_uptime'].map(
      (name) => file.offsetOf(symbols.find(name)[0]?.address ?? 0) ?? 0,
    );
    const sites = { path: process.execPath, offsets, cookies: [5n, 6n], return: false, pid: process.pid };
    scope.add(attachUprobeMulti(program, { ...sites, session: true }));
    return new BigUint64Array(map.memory(), 0, 3);
  };

  it('runs at entry and return of each, with the cookie of the place', ({ skip }) => {
    const { available, reason } = probe('uprobe_session');
    if (!available) skip(reason);
    const counts = attach(0);
    for (let i = 0; i < 10; i++) hostname();
    expect([...counts]).toEqual([10n, 10n, 5n]);
    uptime();
    expect([...counts]).toEqual([11n, 11n, 6n]);
  });

  it('runs at no return of a call whose entry it answered with 1', ({ skip }) => {
    const { available, reason } = probe('uprobe_session');
    if (!available) skip(reason);
    const counts = attach(1);
    for (let i = 0; i < 10; i++) hostname();
    expect([...counts]).toEqual([10n, 0n, 5n]);
  });
});
