/** What each kernel's cases came to, kept from run to run in artifacts/vm/<kernel>.json: the report is made of them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome, Result } from './case.ts';
import { ROOT } from './paths.ts';

export interface KernelResults {
  /** `uname -r`. */
  readonly release: string;
  /** By case id. */
  readonly cases: Readonly<
    Record<string, { readonly outcome: Outcome; readonly text: string; readonly seconds: number }>
  >;
}

export const LOGS = join(ROOT, 'artifacts', 'vm');

const fileOf = (kernel: string): string => join(LOGS, `${kernel}.json`);

export function readResults(kernel: string): KernelResults | null {
  const file = fileOf(kernel);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as KernelResults) : null;
}

/** Cases that did not run this time keep what they came to, on the same kernel. */
export function keepResults(kernel: string, release: string, results: readonly Result[]): void {
  const before = readResults(kernel);
  const kept = before?.release === release ? before.cases : {};
  const cases = { ...kept };
  for (const { case: one, outcome, text, seconds } of results) {
    (cases as Record<string, unknown>)[one.id] = { outcome, text, seconds };
  }
  mkdirSync(LOGS, { recursive: true });
  writeFileSync(fileOf(kernel), `${JSON.stringify({ release, cases }, null, 2)}\n`);
}
