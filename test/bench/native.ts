/** Attaching many probes of a program: at once and one by one. Goals are printed beside the figures. */
import { ElfFile, ElfSymbols } from '@bpfscope/native/elf';
import { has } from '@bpfscope/native/features';
import { attachUprobe, attachUprobeMulti } from '@bpfscope/native/link';
import { Program } from '@bpfscope/native/prog';
import { Scope } from '@bpfscope/native/sys';
import { AttachType, ProgType } from '@bpfscope/native/uapi';
import { assemble, exit, move } from '../kernel/native-programs.ts';

const attachMany = (): void => {
  const file = ElfFile.open(process.execPath);
  const offsets = [...new ElfSymbols(file).all()]
    .filter(({ name }) => name.startsWith('ares_') || name.startsWith('uv_') || name.startsWith('nghttp2_'))
    .map(({ address }) => file.offsetOf(address) ?? 0)
    .slice(0, 1000);
  file.close();
  const spec = { name: 'bench', type: ProgType.BPF_PROG_TYPE_KPROBE, instructions: assemble(move(0, 0), exit) };
  const path = process.execPath;
  const timed = (make: (scope: Scope) => void): number => {
    const scope = new Scope();
    const began = performance.now();
    try {
      make(scope);
      return performance.now() - began;
    } finally {
      scope.close();
    }
  };
  const oneByOne = timed((scope) => {
    const program = scope.add(Program.load(spec));
    for (const offset of offsets) scope.add(attachUprobe(program, { path, offset, return: false, pid: null }));
  });
  if (!has('uprobe_multi')) return;
  const multi = timed((scope) => {
    const program = scope.add(Program.load({ ...spec, expectedAttachType: AttachType.BPF_TRACE_UPROBE_MULTI }));
    scope.add(attachUprobeMulti(program, { path, offsets, return: false, pid: null }));
  });
  console.log(
    `attaching ${offsets.length} uprobes: ${multi.toFixed(0)} ms at once (goal 100), ${oneByOne.toFixed(0)} ms one by one`,
  );
};

attachMany();
