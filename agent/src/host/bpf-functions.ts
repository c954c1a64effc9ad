/** Functions of the BPF programs that are loaded, as their own BTF has them: what fentry:bpf can be attached to. */
import type { BtfType } from '@bpfscope/native/btf';
import { listPrograms, programTypes, readBtf } from '@bpfscope/native/prog';
import { SyscallError } from '@bpfscope/native/sys';
import type { BpfFunction, FunctionPrototype } from '../language/target.ts';
import type { Type } from '../language/types.ts';
import type { KernelBtf } from './kernel-btf.ts';

/** Contexts that programs are written with, and what the kernel calls them with (its bpf_ctx_convert). */
const CONTEXTS: Readonly<Record<string, string>> = {
  xdp_md: 'xdp_buff',
  __sk_buff: 'sk_buff',
  bpf_user_pt_regs_t: 'pt_regs',
  user_pt_regs: 'pt_regs',
};

/** Empty where this process may not list programs. */
export function bpfFunctions(kernel: KernelBtf | null): readonly BpfFunction[] {
  if (kernel === null) return [];
  let programs;
  try {
    programs = listPrograms();
  } catch (error) {
    if (error instanceof SyscallError) return [];
    throw error;
  }
  return programs
    .filter(({ btfId }) => btfId !== 0)
    .flatMap(({ id, name }) => {
      const loaded = programTypes(id);
      const types = loaded && kernel.program(`program${loaded.btfId}`, () => readBtf(loaded.btfId));
      if (loaded === null || types === null) return [];
      return loaded.functions.flatMap((btfId) => {
        const prototype = types.prototype(btfId, nameOf(types.btf.type(btfId)), btfId);
        return prototype === null ? [] : [{ program: { id, name }, prototype: asCalled(prototype, kernel) }];
      });
    });
}

const nameOf = (type: BtfType): string => ('name' in type ? type.name : '');

function asCalled(prototype: FunctionPrototype, kernel: KernelBtf): FunctionPrototype {
  const params = prototype.params.map((param) => ({ ...param, type: contextType(param.type, kernel) }));
  return { ...prototype, params };
}

function contextType(type: Type, kernel: KernelBtf): Type {
  if (type.kind !== 'pointer' || type.to.kind !== 'struct') return type;
  const name = CONTEXTS[type.to.name];
  const struct = name === undefined ? null : kernel.struct(name, 'struct');
  return struct === null ? type : { ...type, to: struct };
}
