/** The time axis of answers: steps of an answer are whole numbers of the engine's steps, aligned to the Unix epoch. */

/** The end of the step that a time falls in: steps are (end - step, end]. */
export function stepEnd(time: number, step: number): number {
  return Math.ceil(time / step) * step;
}

/** The wanted step rounded up to a multiple of the engine's. */
export function answerStep(wanted: number | undefined, engineStep: number): number {
  return Math.max(1, Math.ceil((wanted ?? engineStep) / engineStep)) * engineStep;
}

/** Ends of all whole steps in (from, to]. */
export function stepEnds(from: number, to: number, step: number): number[] {
  const ends: number[] = [];
  for (let end = Math.floor(from / step) * step + step; end <= to; end += step) ends.push(end);
  return ends;
}
