/**
 * `npm run compare [subject]`: the conformance programs through the bpftrace of this host and through ours; prints every
 * difference in what they write to stdout and in whether they refuse the program. Where bpftrace is older than the language
 * we follow, the reasons are in versions.ts. Ends with 1 when a difference has no reason.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Case } from '../conformance/case.ts';
import { SUBJECTS } from '../conformance/cases/index.ts';
import { reasonOf } from './versions.ts';

const OURS = join(import.meta.dirname, '..', '..', 'build', 'bpfscope');
const THEIRS = process.env['BPFTRACE'] ?? 'bpftrace';
const TIMEOUT = 20_000;

interface Outcome {
  readonly refused: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, words: readonly string[], one: Case): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...words, '-q', '-e', one.program, ...(one.args ?? [])], {
      env: { ...process.env, ...one.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({
        refused: code !== 0 && stdout.trim() === '',
        stdout,
        stderr: stderr.replace(/^.*RLIMIT_MEMLOCK.*\n/, ''),
      }),
    );
  });
}

/** Programs of begin probes do not end by themselves in older versions, which take one of them only. */
const ended = (one: Case): Case =>
  /exit\s*\(|\b(interval|profile):/.test(one.program)
    ? one
    : { ...one, program: `${one.program}\ninterval:ms:50 { exit(); }` };

/** Empty lines, times of day, and the space that older versions put behind the name of a histogram do not count. */
const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/^(@.*:) $/, '$1').replace(/\d\d:\d\d:\d\d(\.\d+)?/g, 'hh:mm:ss'))
    .filter((line) => line.trim() !== '');
const indent = (text: string): string =>
  lines(text)
    .map((line) => `      ${line}`)
    .join('\n');

interface Difference {
  readonly title: string;
  readonly reason: string | undefined;
  readonly text: string;
}

async function compare(subject: string, one: Case): Promise<Difference | undefined> {
  if (one.args?.some((word) => word.startsWith('--')) === true) return undefined;
  const program = ended(one);
  const [theirs, ours] = [await run(THEIRS, [], program), await run(OURS, ['run'], program)];
  const same = theirs.refused === ours.refused && lines(theirs.stdout).join('\n') === lines(ours.stdout).join('\n');
  if (same) return undefined;
  const told = (side: Outcome): string => indent(side.refused ? `refused: ${side.stderr}` : side.stdout);
  return {
    title: `${subject}: ${one.name}`,
    reason: reasonOf(one, theirs, ours),
    text: `    ${one.program}\n    bpftrace:\n${told(theirs)}\n    bpfscope:\n${told(ours)}`,
  };
}

/** About options that came later, not about the language. */
const LEFT_OUT: ReadonlySet<string> = new Set(['command line']);
const only = process.argv[2];
const work = Object.entries(SUBJECTS)
  .filter(([subject]) => (only === undefined ? !LEFT_OUT.has(subject) : subject === only))
  .flatMap(([subject, cases]) => cases.map((one) => [subject, one] as const));
const queue = [...work];
const differences: Difference[] = [];

/** Two at a time. */
async function drain(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const difference = await compare(...next);
    if (difference === undefined) continue;
    differences.push(difference);
    const { title, reason, text } = difference;
    process.stdout.write(reason === undefined ? `DIFFERENT ${title}\n${text}\n` : `different ${title}: ${reason}\n`);
  }
}

await Promise.all([drain(), drain()]);
const open = differences.filter(({ reason }) => reason === undefined).length;
const later = differences.filter(({ reason }) => reason?.startsWith('came later') === true).length;
const same = work.length - differences.length;
process.stdout.write(
  `${work.length} programs: ${same} the same; ${later} that the older version cannot run, ${differences.length - later - open} that it answers otherwise for a known reason, ${open} different\n` +
    `${((100 * (same + differences.length - later - open)) / (work.length - later)).toFixed(1)} % of what both run is as the language defines it, ${((100 * same) / (work.length - later)).toFixed(1)} % the same byte for byte\n`,
);
process.exit(open > 0 ? 1 : 0);
