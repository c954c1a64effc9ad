/**
 * `npm run compare [subject]`: the conformance programs, and those that older versions know, through the bpftrace of this
 * host and through ours, in text and in JSON. Prints every difference with its reason; ends with 1 when one has none, or
 * when less than 95 % of what the older version knows is the same byte for byte.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SUBJECTS } from '../conformance/cases/index.ts';
import { alike, reasonsOf, type Kind } from './changes.ts';
import { comparable, shape } from './layout.ts';
import { olderSpelling } from './older.ts';
import { PROGRAMS } from './programs.ts';
import { lackOf, refusedOnPurpose } from './refusals.ts';
import { side, type Outcome, type Program } from './side.ts';

const GOAL = 95;
const theirs = side(process.env['BPFTRACE'] ?? 'bpftrace', []);
const built = join(import.meta.dirname, '..', '..', 'build', 'bpfscope');
const ours = side(process.env['BPFSCOPE'] ?? built, ['run']);

/** `refused`: by both. `varies`: no two runs are equal, but what they print has the same form. */
type Verdict = 'same' | 'refused' | 'varies' | 'unexplained' | Kind;

interface Compared {
  readonly verdict: Verdict;
  readonly why?: string;
  readonly told?: string;
}

interface Work extends Program {
  readonly name: string;
  readonly format: 'text' | 'json';
}

/** Programs of begin probes do not end by themselves in older versions; those with a command end with it. */
const ended = (program: string, args: readonly string[]): string =>
  args.includes('-c') || /exit\s*\(|\b(interval|profile):/.test(program)
    ? program
    : `${program}\ninterval:ms:50 { exit(); }`;

/** Older versions do not choose between /bin and /usr/bin. */
const withPath = (args: readonly string[]): string[] =>
  args.map((word, n) => {
    if (args[n - 1] !== '-c' || word.startsWith('/')) return word;
    const path = `/usr/bin/${word}`;
    return existsSync(path.split(' ')[0] ?? '') ? path : word;
  });

function work(subject: string | undefined): Work[] {
  const cases = Object.entries(SUBJECTS).flatMap(([group, rows]) =>
    rows.map((one) => ({
      name: one.name,
      group,
      text: ended(one.program, one.args ?? []),
      args: one.args ?? [],
      env: one.env ?? {},
    })),
  );
  const more = PROGRAMS.map((one) => ({
    name: one.name,
    group: 'older',
    text: one.program,
    args: one.args ?? [],
    env: {},
  }));
  return [...cases, ...more]
    .filter(({ group }) => (subject === undefined ? group !== 'command line' : group === subject))
    .filter(({ args }) => !args.some((word) => word.startsWith('--')))
    .flatMap(({ name, group, text, args, env }) => {
      const one = { name: `${group}: ${name}`, text, args: withPath(args), env };
      if (args.includes('-f')) return [{ ...one, format: 'json' as const }];
      return [
        { ...one, format: 'text' as const },
        { ...one, args: ['-f', 'json', ...one.args], format: 'json' as const },
      ];
    });
}

const indent = (text: string): string => comparable(text).replace(/^/gm, '      ');
const told = (program: Program, a: Outcome, b: Outcome): string =>
  [
    `    ${program.text}`,
    `    bpftrace:\n${indent(a.refused ? `refused: ${a.stderr}` : a.stdout)}`,
    `    bpfscope:\n${indent(b.refused ? `refused: ${b.stderr}` : b.stdout)}`,
  ].join('\n');

/** Whether two runs of a side differ, and what both sides print has the same form. */
async function varies(program: Program, a: Outcome, b: Outcome): Promise<boolean> {
  const again = [await theirs(program), await ours(program)].map(({ stdout }) => comparable(stdout));
  const before = [comparable(a.stdout), comparable(b.stdout)] as const;
  if (again[0] === before[0] && again[1] === before[1]) return false;
  // Texts of other processes have no form.
  if (/\bjoin\(|%s/.test(program.text)) return true;
  const [left, right] = alike(program.text, ...before);
  const forms = shape(right);
  return [...shape(left)].some((form) => forms.has(form));
}

/** A command of -c is seen from its execve on; older versions see another part of what comes before. */
function ofCommand({ args }: Program, a: Outcome, b: Outcome): boolean {
  const [left, right] = [shape(a.stdout), shape(b.stdout)];
  return args.includes('-c') && left.size === right.size && [...left].every((form) => right.has(form));
}

async function compare(given: Program): Promise<Compared> {
  let program = given;
  let a = await theirs(program);
  const text = olderSpelling(given.text);
  if (a.refused && text !== given.text) {
    const older = await theirs({ ...given, text });
    if (!older.refused) [program, a] = [{ ...given, text }, older];
  }
  const b = await ours(program);
  if (a.refused && b.refused) return { verdict: 'refused' };
  if (a.refused) {
    const lacks = lackOf(program.text, a.stderr);
    if (lacks !== undefined) return { verdict: 'lacks', why: lacks };
  } else if (b.refused) {
    const why = refusedOnPurpose(b.stderr);
    if (why !== undefined) return { verdict: 'purpose', why };
  } else {
    if (comparable(a.stdout) === comparable(b.stdout)) return { verdict: 'same' };
    const reasons = reasonsOf(program.text, comparable(a.stdout), comparable(b.stdout));
    if (reasons !== undefined) {
      const verdict = reasons.some(({ kind }) => kind === 'lacks') ? 'lacks' : 'purpose';
      return { verdict, why: reasons.map(({ why }) => why).join('; ') };
    }
    if (await varies(program, a, b)) return { verdict: 'varies' };
    if (ofCommand(program, a, b)) return { verdict: 'purpose', why: 'a command is seen from its execve on' };
  }
  return { verdict: 'unexplained', told: told(program, a, b) };
}

const queue = work(process.argv[2]);
const found = new Map<string, number>();
const count = (format: string, verdict: Verdict): number => found.get(`${format} ${verdict}`) ?? 0;

/** Two at a time. */
async function drain(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { verdict, why, told: both } = await compare(next);
    found.set(`${next.format} ${verdict}`, count(next.format, verdict) + 1);
    const title = `${next.name} (${next.format})`;
    if (verdict === 'unexplained') process.stdout.write(`DIFFERENT ${title}\n${both ?? ''}\n`);
    else if (verdict === 'lacks') process.stdout.write(`0.17 lacks ${why ?? ''}: ${title}\n`);
    else if (verdict === 'purpose') process.stdout.write(`on purpose, ${why ?? ''}: ${title}\n`);
    else if (verdict === 'varies') process.stdout.write(`varies from run to run: ${title}\n`);
  }
}

await Promise.all([drain(), drain()]);

let good = true;
for (const format of ['text', 'json']) {
  const [same, lacks, purpose, unexplained] = (['same', 'lacks', 'purpose', 'unexplained'] as const).map((verdict) =>
    count(format, verdict),
  ) as [number, number, number, number];
  const known = same + purpose + unexplained;
  const all = known + lacks;
  const share = (part: number, of: number): string => `${((100 * part) / Math.max(1, of)).toFixed(1)} %`;
  process.stdout.write(
    `${format}: ${all} programs with output that is defined: ${share(same, all)} the same, ${share(lacks, all)} lacking in 0.17, ` +
      `${share(purpose, all)} different on purpose, ${share(unexplained, all)} unexplained ` +
      `(${count(format, 'varies')} vary from run to run, ${count(format, 'refused')} are refused by both)\n` +
      `${format}: of ${known} programs that 0.17 knows ${share(same, known)} are the same byte for byte (goal ${GOAL} %)\n`,
  );
  good &&= unexplained === 0 && 100 * same >= GOAL * known;
}
process.exit(good ? 0 : 1);
