/**
 * `npm run test:kernels [-- 6.1 7.2] [case] [--report=FILE]`: boots each kernel once, two at a time, runs every case in
 * it, prints kernel x case and writes docs/kernels.md. A feature that a kernel has may not be refused there. With
 * `--report` only x86 kernels run, the counts go to FILE, for `npm test`, and docs/kernels.md stays as it is.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { boot } from './boot.ts';
import { bundle } from './bundle.ts';
import { caseOn, judge, type Arch, type Case, type Result } from './case.ts';
import { CASES } from './cases/index.ts';
import { guest, sections } from './guest.ts';
import { fetchKernel, KERNELS, type Kernel, type KernelFiles } from './kernels.ts';
import { MACHINES } from './machine.ts';
import { CACHE, ROOT } from './paths.ts';
import { writeReport } from './report.ts';
import { keepResults, LOGS } from './results.ts';

/** Of a boot: five minutes are usual, and as much again what failed. Cases marked `long` take up to twenty. */
const TIMEOUT_SECONDS = { usual: 12 * 60, long: 25 * 60 };

const NEVER_ENDED = 'never ended';

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
  const usual = report === undefined ? KERNELS : KERNELS.filter(({ arch }) => arch === 'x64');
  const kernels = names.length === 0 ? usual : KERNELS.filter((k) => names.includes(k.name));
  const cases = CASES.filter((one) =>
    only.length > 0 ? only.some((part) => one.id.includes(part)) : report === undefined || one.long !== true,
  );
  const began = Date.now();
  const runs = await overKernels(kernels, cases);
  const seconds = (Date.now() - began) / 1000;
  const results = runs.flatMap((run) => run.results);
  const failed = results.filter((r) => r.outcome === 'fail');
  const refused = results.filter((r) => r.outcome === 'refused').length;
  const passed = results.length - failed.length;
  const skipped = runs.flatMap(({ skipped: reason }, i) => (reason === null ? [] : [`${kernels[i]!.name}: ${reason}`]));
  if (report === undefined) writeReport();
  else writeFileSync(report, JSON.stringify({ passed, failed: failed.map(name), skipped }));
  console.log(
    `${passed} passed (${refused} refused as documented), ${failed.length} failed, ${skipped.length} skipped, in ${seconds.toFixed(0)} s`,
  );
  return failed.length === 0 ? 0 : 1;
}

const name = (result: Result): string => `${result.kernel} ${result.case.id}`;

async function overKernels(kernels: readonly Kernel[], cases: readonly Case[]): Promise<KernelRun[]> {
  const runs: KernelRun[] = [];
  const left = kernels.map((kernel, i) => [kernel, i] as const);
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      runs[next[1]] = await overCases(next[0], cases);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return runs;
}

/** What fails is run once more, in a fresh boot: the emulation is slow, and a case may have been short of time. */
async function overCases(kernel: Kernel, all: readonly Case[]): Promise<KernelRun> {
  const reason = missing(kernel.arch);
  if (reason !== null) return skip(kernel, reason);
  let files: KernelFiles;
  try {
    files = fetchKernel(kernel);
  } catch (error) {
    return skip(kernel, error instanceof Error ? error.message : String(error));
  }
  const cases = all.map((one) => caseOn(kernel.arch, one));
  const first = await runOn(files, cases);
  const failed = first.filter(({ outcome }) => outcome === 'fail').map((result) => result.case);
  if (failed.length === 0) return { results: first, skipped: null };
  console.log(`\n${kernel.name}: once more what failed: ${failed.map(({ id }) => id).join(' ')}`);
  // What the guest hung in keeps the others from being run: it comes last.
  const hung = first.find(({ text }) => text === NEVER_ENDED)?.case;
  const second = await runOn(files, [...failed.filter((one) => one !== hung), ...failed.filter((one) => one === hung)]);
  return { results: [...first.filter((result) => !failed.includes(result.case)), ...second], skipped: null };
}

function skip(kernel: Kernel, reason: string): KernelRun {
  console.log(`\n${kernel.name}: skipped: ${reason}`);
  return { results: [], skipped: reason };
}

/** What this machine lacks for kernels of an architecture, or null. */
function missing(arch: Arch): string | null {
  const { qemu, compiler, packages } = MACHINES[arch];
  const needed = [qemu, compiler, { program: 'apt-get', package: 'apt' }, { program: 'dpkg-deb', package: 'dpkg' }];
  if (packages.length === 0) {
    if (process.arch !== arch) return `needs a machine of ${arch}, this one is ${process.arch}`;
    needed.push({ program: 'busybox', package: 'busybox-static' });
  }
  const folders = (process.env['PATH'] ?? '').split(':');
  const lacking = needed.find(({ program }) => !folders.some((folder) => existsSync(join(folder, program))));
  return lacking === undefined ? null : `needs ${lacking.program} (package ${lacking.package})`;
}

async function runOn(files: KernelFiles, cases: readonly Case[]): Promise<Result[]> {
  const { kernel, root, modules } = files;
  mkdirSync(LOGS, { recursive: true });
  const initramfs = join(CACHE, `initramfs-${kernel.name}.cpio`);
  const { program, koffi } = bundle('attach', kernel.arch);
  const programs: Record<string, string> = {
    'bin/target': target(kernel.arch),
    'programs/attach.js': program,
    'lib/koffi.node': koffi,
  };
  for (const [name, file] of Object.entries(modules)) programs[`modules/${name}.ko`] = file;
  const archive = guest(root, kernel.arch, executable(kernel.arch), cases, programs).build();
  const log = join(LOGS, `${kernel.name}.log`);
  const timeoutSeconds = cases.some(({ long }) => long === true) ? TIMEOUT_SECONDS.long : TIMEOUT_SECONDS.usual;
  const run = await boot(files, { initramfs, archive, memoryMb: 2048, cpus: 2, timeoutSeconds, log });
  const printed = sections(run.console);
  const release = /@@UNAME (\S+)/.exec(run.console)?.[1] ?? null;
  const results = cases.map((one): Result => {
    const section = printed.get(one.id);
    return section === undefined
      ? { case: one, kernel: kernel.name, outcome: 'fail', text: NEVER_ENDED, seconds: 0 }
      : judge(one, kernel.name, section.output, section.exit, section.seconds);
  });
  const lines = results.flatMap((result) => [
    `  ${result.outcome.padEnd(8)}${result.case.id} (${result.seconds.toFixed(1)} s)`,
    ...(result.outcome === 'fail' ? [result.text.replace(/^/gm, '      ')] : []),
  ]);
  const start = Number.isNaN(run.startSeconds) ? '' : `, of these ${run.startSeconds.toFixed(0)} s to the first case`;
  const took = `${run.seconds.toFixed(0)} s${start}`;
  console.log(`\n${kernel.name}: ${release ?? 'did not boot'}, ${took}\n${lines.join('\n')}`);
  if (release !== null) keepResults(kernel.name, release, results);
  return results;
}

/** The executable as it is given to hosts. Nothing is built when it is new enough. */
function executable(arch: Arch): string {
  const out = join(ROOT, 'build', arch === process.arch ? 'bpfscope' : `bpfscope-${arch}`);
  const args = [join(ROOT, 'scripts', 'build-executable.mjs'), `--target=${MACHINES[arch].target}`, `--outfile=${out}`];
  execFileSync('node', args, { stdio: 'inherit' });
  return out;
}

/** The traced program of the uprobe and USDT cases: static, with frame pointers (of leaves too) and symbols. */
function target(arch: Arch): string {
  const out = join(CACHE, `target-${arch}`);
  const flags = ['-O1', '-g', '-static', '-fno-omit-frame-pointer', '-mno-omit-leaf-frame-pointer'];
  execFileSync(MACHINES[arch].compiler.program, [...flags, '-o', out, join(ROOT, 'test', 'vm', 'target.c')]);
  return out;
}

process.exitCode = await main();
