/**
 * Processes whose addresses a query's keys hold, looked at while they live: a name asked for later, after the process
 * ended, is found in the mappings that were remembered.
 */
import { elementOffsets, elementTypes } from '../language/layout.ts';
import type { Type } from '../language/types.ts';
import type { MapReader } from './map-reader.ts';

/** In user stacks and user symbols the pid follows the 8 bytes of the stack id or address. */
const PID_OFFSET = 8;
const CAPTURE_MS = 100;

/** Byte offsets of process ids in values of a type. */
export function pidOffsets(type: Type | null, base = 0): number[] {
  if (type === null) return [];
  if (type.kind === 'ustack' || type.kind === 'usym') return [base + PID_OFFSET];
  const offsets = elementOffsets(type);
  return (elementTypes(type) ?? []).flatMap((element, index) => pidOffsets(element, base + (offsets[index] ?? 0)));
}

/** What remembers processes: Symbols. */
export interface ProcessMemory {
  capture(pid: number): void;
  watch(): () => void;
  look(): void;
  /** Whether the kernel hides where its functions are. */
  hidesKernel(): boolean;
}

/**
 * Remembers the processes whose addresses a query holds, until what it returns is called: those in the keys of maps while
 * they live, and all that start meanwhile. Nothing to do for queries without user addresses.
 */
export function captureProcesses(
  readers: readonly MapReader[],
  printed: readonly Type[],
  memory: ProcessMemory,
): () => void {
  const sources = readers.map((reader) => ({ reader, offsets: pidOffsets(reader.map.key) }));
  const wanted = sources.filter(({ offsets }) => offsets.length > 0);
  const types = [...printed, ...readers.map((reader) => reader.map.value)];
  if (wanted.length === 0 && types.every((type) => pidOffsets(type).length === 0)) return () => undefined;
  const stop = memory.watch();
  const look = (): void => {
    memory.look();
    for (const { reader, offsets } of wanted) {
      for (const { key } of reader.read()) {
        const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
        // 0: the function of an attach point, of no process.
        for (const offset of offsets) {
          const pid = view.getUint32(offset, true);
          if (pid !== 0) memory.capture(pid);
        }
      }
    }
  };
  const timer = setInterval(look, CAPTURE_MS).unref();
  return () => {
    clearInterval(timer);
    stop();
  };
}
