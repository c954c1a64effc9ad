/** User statically defined tracing: the `stapsdt` notes that <sys/sdt.h> makes. */
import { textAt } from './file.ts';
import type { ElfFile } from './file.ts';
import { readNotes } from './note.ts';
import { ElfSymbols } from './symbols.ts';
import { placeOperand } from './usdt-operand.ts';

export interface UsdtProbe {
  readonly provider: string;
  readonly name: string;
  /** File offset of the nop. */
  readonly offset: number;
  readonly address: number;
  /** File offset of the semaphore, a u16 that is not zero while somebody traces; 0 when there is none. */
  readonly semaphoreOffset: number;
  /**
   * `SIZE@OPERAND` in assembler spelling: `-4@%edi`, `8@-16(%rbp)`, `4@[sp, 12]`. Symbols that the file knows are
   * distances from the probe: `-4@1234(%rip)`.
   */
  readonly args: readonly string[];
}

const NT_STAPSDT = 3;
const ET_EXEC = 2;

/** Arguments are separated by spaces, but an arm64 operand has one inside its brackets. */
export const splitArguments = (text: string): string[] => text.match(/[^\s@]+@(\[[^\]]*\]|[^\s])+|\S+/g) ?? [];

export const readUsdt = (file: ElfFile): UsdtProbe[] => {
  const section = file.section('.note.stapsdt');
  if (section === null) return [];
  // The linker may move the base (prelink does): notes say where it was.
  const base = file.section('.stapsdt.base')?.address ?? 0;
  const symbol = symbolAddresses(file);
  const probes: UsdtProbe[] = [];
  for (const { name, type, description } of readNotes(file.bytes(section))) {
    if (name !== 'stapsdt' || type !== NT_STAPSDT || description.length < 24) continue;
    const view = new DataView(description.buffer, description.byteOffset, description.byteLength);
    const noteBase = Number(view.getBigUint64(8, true));
    const moved = base !== 0 && noteBase !== 0 ? base - noteBase : 0;
    const address = Number(view.getBigUint64(0, true)) + moved;
    const semaphore = Number(view.getBigUint64(16, true));
    const offset = file.offsetOf(address);
    if (offset === null) continue;
    const provider = textAt(description, 24);
    const probe = textAt(description, 24 + Buffer.byteLength(provider) + 1);
    const args = textAt(description, 24 + Buffer.byteLength(provider) + Buffer.byteLength(probe) + 2);
    probes.push({
      provider,
      name: probe,
      offset,
      address,
      semaphoreOffset: semaphore === 0 ? 0 : (file.offsetOf(semaphore + moved) ?? 0),
      args: splitArguments(args).map((arg) => placeOperand(arg, { address, fixed: file.type === ET_EXEC, symbol })),
    });
  }
  return probes;
};

/** Addresses of data by name; the symbols are read at the first question. */
const symbolAddresses = (file: ElfFile): ((name: string) => number | null) => {
  let symbols: ElfSymbols | null = null;
  const known = new Map<string, number | null>();
  return (name) => {
    let address = known.get(name);
    if (address === undefined) {
      const [first, ...others] = (symbols ??= new ElfSymbols(file, 'object')).find(name);
      address = first === undefined || others.length > 0 ? null : first.address;
      known.set(name, address);
    }
    return address;
  };
};
