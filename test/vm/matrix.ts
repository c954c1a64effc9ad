/**
 * `npm run test:kernels [-- 6.1 7.2]`: boots each kernel once, runs every case in it, prints kernel x case and writes
 * docs/kernels.md. A feature that a kernel has may not be refused there.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
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

async function main(): Promise<number> {
  const wanted = process.argv.slice(2).filter((arg) => /^\d/.test(arg));
  const only = process.argv.slice(2).filter((arg) => !/^\d/.test(arg));
  const kernels = wanted.length === 0 ? KERNELS : KERNELS.filter((k) => wanted.includes(k.name));
  const all = wanted.length === 0 ? CASES : CASES.filter((one) => one.slow !== true);
  const cases = only.length === 0 ? all : CASES.filter((one) => only.some((part) => one.id.includes(part)));
  const programs = { target: target() };
  const built = executable();
  const results: Result[] = [];
  for (const kernel of kernels) {
    const files = fetched(kernel);
    if (files === null) continue;
    const first = await runOn(files, guest(built, cases, programs).build(), cases);
    const failed = first.filter(({ outcome }) => outcome === 'fail').map((result) => result.case);
    if (failed.length > 0)
      console.log(`\n${kernel.name}: once more what failed: emulated CPUs now and then fail a program`);
    const second = failed.length === 0 ? [] : await runOn(files, guest(built, failed, programs).build(), failed);
    results.push(...first.filter((result) => !failed.includes(result.case)), ...second);
  }
  writeReport();
  const failed = results.filter((r) => r.outcome === 'fail').length;
  const refused = results.filter((r) => r.outcome === 'refused').length;
  console.log(`${results.length - failed - refused} passed, ${failed} failed, ${refused} refused as documented`);
  return failed === 0 ? 0 : 1;
}

/** null, and why, when the mirror does not have it. */
function fetched(kernel: Kernel): KernelFiles | null {
  try {
    return fetchKernel(kernel);
  } catch (error) {
    console.log(`\n${kernel.name}: skipped: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

async function runOn(files: KernelFiles, archive: Buffer, cases: readonly Case[]): Promise<Result[]> {
  const { kernel } = files;
  mkdirSync(LOGS, { recursive: true });
  const initramfs = join(CACHE, `initramfs-${kernel.name}.cpio`);
  const log = join(LOGS, `${kernel.name}.log`);
  const run = await boot(files, { initramfs, archive, memoryMb: 3072, cpus: 2, timeoutSeconds: TIMEOUT_SECONDS, log });
  const printed = sections(run.console);
  const release = /@@UNAME (\S+)/.exec(run.console)?.[1] ?? null;
  console.log(`\n${kernel.name}: ${release ?? 'did not boot'}, ${run.seconds.toFixed(0)} s`);
  const results = cases.map((one) => {
    const section = printed.get(one.id);
    const result: Result =
      section === undefined
        ? { case: one, kernel: kernel.name, outcome: 'fail', text: 'never ended', seconds: 0 }
        : judge(one, kernel.name, section.output, section.exit, section.seconds);
    console.log(`  ${result.outcome.padEnd(8)}${one.id} (${result.seconds.toFixed(1)} s)`);
    if (result.outcome === 'fail') console.log(result.text.replace(/^/gm, '      '));
    return result;
  });
  if (release !== null) keepResults(kernel.name, release, results);
  return results;
}

/** Built without AVX2: the emulated CPUs do not all have it. */
function executable(): string {
  const out = join(ROOT, 'build', 'bpfscope-baseline');
  const script = join(ROOT, 'scripts', 'build-executable.mjs');
  execFileSync('node', [script, '--target=bun-linux-x64-baseline', `--outfile=${out}`], { stdio: 'inherit' });
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
