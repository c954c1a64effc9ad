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

/** Looks at every process in the keys now and then; returns how to stop. Nothing to do for queries without user addresses. */
export function captureProcesses(readers: readonly MapReader[], capture: (pid: number) => void): () => void {
  const sources = readers.map((reader) => ({ reader, offsets: pidOffsets(reader.map.key) }));
  const wanted = sources.filter(({ offsets }) => offsets.length > 0);
  if (wanted.length === 0) return () => undefined;
  const look = (): void => {
    for (const { reader, offsets } of wanted) {
      for (const { key } of reader.read()) {
        const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
        for (const offset of offsets) capture(view.getUint32(offset, true));
      }
    }
  };
  const timer = setInterval(look, CAPTURE_MS).unref();
  return () => clearInterval(timer);
}
