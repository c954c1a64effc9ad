/** Instructions and labels with what the loader and the verifier's messages need to know of each: three lists in step. */
import type { Item } from '@bpfscope/native/asm';
import type { Span } from '../../language/diagnostic.ts';
import type { MapAddress } from '../ir/instruction.ts';

export class Code {
  readonly items: Item[] = [];
  /** null: the query's text has no such place. */
  readonly spans: (Span | null)[] = [];
  /** The map whose number or address the instruction loads. */
  readonly maps: (MapAddress | null)[] = [];

  add(item: Item, span: Span | null = null, map: MapAddress | null = null): void {
    this.items.push(item);
    this.spans.push(span);
    this.maps.push(map);
  }
}
