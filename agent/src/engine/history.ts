/** The steps of one run, oldest first, bounded in time and in memory. */
import type { Loss } from '../protocol/index.ts';
import type { StepDeltas } from './accumulator.ts';
import { deltaBytes } from './delta.ts';

export interface Step {
  /** Unix milliseconds of its end. */
  readonly time: number;
  /** By user map. */
  readonly maps: readonly StepDeltas[];
  readonly lost: Loss;
}

export const NO_LOSS: Loss = { events: 0, mapUpdates: 0, missedRuns: 0, stacks: 0 };

export function addLoss(a: Loss, b: Loss): Loss {
  return {
    events: a.events + b.events,
    mapUpdates: a.mapUpdates + b.mapUpdates,
    missedRuns: a.missedRuns + b.missedRuns,
    stacks: a.stacks + b.stacks,
  };
}

const STEP_BYTES = 200;

function stepBytes(step: Step): number {
  let bytes = STEP_BYTES;
  for (const deltas of step.maps) for (const delta of deltas.values()) bytes += deltaBytes(delta);
  return bytes;
}

export class History {
  readonly #maxMs: number;
  readonly #maxBytes: number;
  #steps: Step[] = [];
  #sizes: number[] = [];
  #start = 0;
  #bytes = 0;
  #cutAt = -Infinity;

  constructor(maxMs: number, maxBytes: number) {
    this.#maxMs = maxMs;
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** End of the newest step that had to go for want of memory; -Infinity: none had. */
  get cutAt(): number {
    return this.#cutAt;
  }

  /** Lets the oldest steps go until the rest takes so many bytes; the newest stays. */
  shrink(bytes: number): void {
    while (this.#start < this.#steps.length - 1 && this.#bytes > bytes) this.#drop();
    this.#compact();
  }

  /** Returns how many old steps had to go. */
  push(step: Step): number {
    const size = stepBytes(step);
    this.#steps.push(step);
    this.#sizes.push(size);
    this.#bytes += size;
    const start = this.#start;
    while (this.#start < this.#steps.length - 1 && this.#tooOld(step.time)) this.#drop(step.time - this.#maxMs);
    const gone = this.#start - start;
    this.#compact();
    return gone;
  }

  /** `wanted`: steps before it had to go in any case. */
  #drop(wanted = -Infinity): void {
    const time = this.#steps[this.#start]?.time ?? 0;
    if (time >= wanted) this.#cutAt = time;
    this.#bytes -= this.#sizes[this.#start] ?? 0;
    this.#start++;
  }

  #tooOld(now: number): boolean {
    const oldest = this.#steps[this.#start];
    return oldest !== undefined && (now - oldest.time > this.#maxMs || this.#bytes > this.#maxBytes);
  }

  /** Drops the dead front of the arrays once it is larger than the rest. */
  #compact(): void {
    if (this.#start < 64 || this.#start * 2 < this.#steps.length) return;
    this.#steps = this.#steps.slice(this.#start);
    this.#sizes = this.#sizes.slice(this.#start);
    this.#start = 0;
  }

  /** Steps that end in (from, to]. */
  *range(from: number, to: number): Generator<Step> {
    for (let index = this.#start; index < this.#steps.length; index++) {
      const step = this.#steps[index];
      if (step !== undefined && step.time > from && step.time <= to) yield step;
    }
  }

  get latest(): Step | null {
    return this.#steps[this.#steps.length - 1] ?? null;
  }

  /** Key ids of one user map that some step still holds. */
  usedKeys(map: number): Set<number> {
    const used = new Set<number>();
    for (const step of this.range(-Infinity, Infinity)) for (const id of step.maps[map]?.keys() ?? []) used.add(id);
    return used;
  }
}
