/**
 * `npm run test:kernels [-- 6.1 7.2] [case] [--report=FILE]`: boots each kernel once, two at a time, runs every case in
 * it, prints kernel x case and writes docs/kernels.md. A feature that a kernel has may not be refused there. With
 * `--report` the counts go to FILE, for `npm test`, and docs/kernels.md stays as it is.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { boot } from './boot.ts';
import { judge, type Case, type Result } from './case.ts';
import { CASES } from './cases/index.ts';
import { guest, sections } from './guest.ts';
import { fetchKernel, KERNELS, type Kernel, type KernelFiles } from './kernels.ts';
import { CACHE, ROOT } from './paths.ts';
import { writeReport } from './report.ts';
import { keepResults, LOGS } from './results.ts';

const TIMEOUT_SECONDS = 25 * 60;

/** Each guest keeps one host thread busy. */
const AT_ONCE = Math.min(2, availableParallelism());

interface KernelRun {
  readonly results: readonly Result[];
  /** Why the kernel did not run, null when it did. */
  readonly skipped: string | null;
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const names = args.filter((arg) => /^\d/.test(arg));
  const only = args.filter((arg) => !/^(\d|--)/.test(arg));
  const report = args.find((arg) => arg.startsWith('--report='))?.slice('--report='.length);
  const kernels = names.length === 0 ? KERNELS : KERNELS.filter((k) => names.includes(k.name));
  const cases = CASES.filter((one) =>
    only.length > 0 ? only.some((part) => one.id.includes(part)) : one.slow !== true || report === undefined,
  );
  const runs = await overKernels(kernels, cases);
  const results = runs.flatMap((run) => run.results);
  const failed = results.filter((r) => r.outcome === 'fail');
  const refused = results.filter((r) => r.outcome === 'refused').length;
  const passed = results.length - failed.length;
  const skipped = runs.flatMap(({ skipped: reason }, i) => (reason === null ? [] : [`${kernels[i]!.name}: ${reason}`]));
  if (report === undefined) writeReport();
  else writeFileSync(report, JSON.stringify({ passed, failed: failed.map(name), skipped }));
  console.log(
    `${passed} passed (${refused} refused as documented), ${failed.length} failed, ${skipped.length} skipped`,
  );
  return failed.length === 0 ? 0 : 1;
}

const name = (result: Result): string => `${result.kernel} ${result.case.id}`;

async function overKernels(kernels: readonly Kernel[], cases: readonly Case[]): Promise<KernelRun[]> {
  const reason = missing();
  if (reason !== null) return kernels.map((kernel) => skip(kernel, reason));
  const programs = { target: target() };
  const built = executable();
  const runs: KernelRun[] = [];
  const left = kernels.map((kernel, i) => [kernel, i] as const);
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      runs[next[1]] = await overCases(next[0], built, cases, programs);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return runs;
}

/** What fails is run once more, in a fresh boot: the emulation is slow, and a case may have been short of time. */
async function overCases(
  kernel: Kernel,
  built: string,
  cases: readonly Case[],
  programs: Readonly<Record<string, string>>,
): Promise<KernelRun> {
  let files: KernelFiles;
  try {
    files = fetchKernel(kernel);
  } catch (error) {
    return skip(kernel, error instanceof Error ? error.message : String(error));
  }
  const first = await runOn(files, guest(built, cases, programs).build(), cases);
  const failed = first.filter(({ outcome }) => outcome === 'fail').map((result) => result.case);
  if (failed.length === 0) return { results: first, skipped: null };
  console.log(`\n${kernel.name}: once more what failed: ${failed.map(({ id }) => id).join(' ')}`);
  const second = await runOn(files, guest(built, failed, programs).build(), failed);
  return { results: [...first.filter((result) => !failed.includes(result.case)), ...second], skipped: null };
}

function skip(kernel: Kernel, reason: string): KernelRun {
  console.log(`\n${kernel.name}: skipped: ${reason}`);
  return { results: [], skipped: reason };
}

/** What this machine lacks for any of it, or null. */
function missing(): string | null {
  if (process.arch !== 'x64') return `needs an x86-64 machine, this one is ${process.arch}`;
  const programs = { 'qemu-system-x86_64': 'qemu-system-x86', gcc: 'gcc', 'apt-get': 'apt', 'dpkg-deb': 'dpkg' };
  const folders = (process.env['PATH'] ?? '').split(':');
  for (const [program, name] of Object.entries(programs)) {
    if (!folders.some((folder) => existsSync(join(folder, program)))) return `needs ${program} (package ${name})`;
  }
  return existsSync('/bin/busybox') ? null : 'needs a static busybox (package busybox-static)';
}

async function runOn(files: KernelFiles, archive: Buffer, cases: readonly Case[]): Promise<Result[]> {
  const { kernel } = files;
  mkdirSync(LOGS, { recursive: true });
  const initramfs = join(CACHE, `initramfs-${kernel.name}.cpio`);
  const log = join(LOGS, `${kernel.name}.log`);
  const run = await boot(files, { initramfs, archive, memoryMb: 2048, cpus: 2, timeoutSeconds: TIMEOUT_SECONDS, log });
  const printed = sections(run.console);
  const release = /@@UNAME (\S+)/.exec(run.console)?.[1] ?? null;
  const results = cases.map((one): Result => {
    const section = printed.get(one.id);
    return section === undefined
      ? { case: one, kernel: kernel.name, outcome: 'fail', text: 'never ended', seconds: 0 }
      : judge(one, kernel.name, section.output, section.exit, section.seconds);
  });
  const lines = results.flatMap((result) => [
    `  ${result.outcome.padEnd(8)}${result.case.id} (${result.seconds.toFixed(1)} s)`,
    ...(result.outcome === 'fail' ? [result.text.replace(/^/gm, '      ')] : []),
  ]);
  console.log(`\n${kernel.name}: ${release ?? 'did not boot'}, ${run.seconds.toFixed(0)} s\n${lines.join('\n')}`);
  if (release !== null) keepResults(kernel.name, release, results);
  return results;
}

/** The executable as it is given to hosts: the emulated CPUs have all that it needs. */
function executable(): string {
  const out = join(ROOT, 'build', 'bpfscope');
  execFileSync('node', [join(ROOT, 'scripts', 'build-executable.mjs'), `--outfile=${out}`], { stdio: 'inherit' });
  return out;
}

/** The traced program of the uprobe and USDT cases: static, with frame pointers and symbols. */
function target(): string {
  const out = join(CACHE, 'target');
  execFileSync('gcc', [
    '-O1',
    '-g',
    '-static',
    '-fno-omit-frame-pointer',
    '-o',
    out,
    join(ROOT, 'test', 'vm', 'target.c'),
  ]);
  return out;
}

process.exitCode = await main();
