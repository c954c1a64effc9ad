/** Counts stacks that are broken or lost among what is printed, and says so once at the end. */
import type { MapView, ViewValue } from '../../decode/map-view.ts';
import { datumText } from '../../decode/text.ts';
import type { Datum } from '../../decode/datum.ts';
import { isRemarkable, StackReport } from '../../engine/stack-report.ts';
import type { StackNotice } from '../../engine/stack-notice.ts';
import type { Printer } from '../output/printer.ts';

/** How many samples an entry stands for. */
function weightOf(counts: boolean, value: ViewValue): number {
  if (value.kind === 'histogram') return value.counts.reduce((sum, count) => sum + count, 0);
  return counts && value.kind === 'datum' ? Number(value.datum) : 1;
}

const partsOf = (key: Datum): readonly Datum[] =>
  key !== null && typeof key === 'object' && 'kind' in key && key.kind === 'tuple' ? key.values : [key];

export class StackWatch {
  readonly #printer: Printer;
  /** A map may be printed many times: an entry counts once, at its most, until the map is cleared. */
  readonly #entries = new Map<string, { readonly map: string; readonly parts: readonly Datum[]; samples: number }>();
  readonly #printed = new StackReport();

  constructor(printer: Printer) {
    this.#printer = printer;
  }

  /** The printer, with an eye on what it prints. */
  watched(): Printer {
    return {
      ...this.#printer,
      text: (text, values) => {
        this.#printed.add(values, 1);
        this.#printer.text(text, values);
      },
      value: (value) => {
        this.#printed.add([value], 1);
        this.#printer.value(value);
      },
      map: (view) => {
        this.#look(view);
        this.#printer.map(view);
      },
    };
  }

  /** The map begins anew. */
  cleared(name: string): void {
    for (const [key, { map, parts, samples }] of this.#entries) {
      if (map !== name) continue;
      this.#printed.add(parts, samples);
      this.#entries.delete(key);
    }
  }

  /** `others`: what is known besides. */
  report(others: readonly StackNotice[]): void {
    for (const { parts, samples } of this.#entries.values()) this.#printed.add(parts, samples);
    const notices = [...this.#printed.notices(), ...others];
    // An empty stack is printed as one.
    for (const { code, samples, text, isInfo } of notices) {
      if (isInfo !== true) this.#printer.notice(code, text, samples);
    }
  }

  #look(view: MapView): void {
    for (const { key, value } of view.entries) {
      const parts = partsOf(key);
      if (!parts.some(isRemarkable)) continue;
      const name = `${view.name}${parts.map(datumText).join()}`;
      const samples = weightOf(view.counts, value);
      const known = this.#entries.get(name);
      if (known === undefined) this.#entries.set(name, { map: view.name, parts, samples });
      else known.samples = Math.max(known.samples, samples);
    }
  }
}
