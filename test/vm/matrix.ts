/**
 * `npm run test:kernels [-- 6.1 7.2]`: boots each kernel once, runs every case in it, prints kernel x case and writes
 * docs/kernels.md. A feature that a kernel has may not be refused there.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { boot } from './boot.ts';
import { judge, type Result } from './case.ts';
import { CASES } from './cases/index.ts';
import { guest, sections } from './guest.ts';
import { fetchKernel, KERNELS, type Kernel } from './kernels.ts';
import { CACHE, ROOT } from './paths.ts';
import { writeReport } from './report.ts';

const TIMEOUT_SECONDS = 25 * 60;

async function main(): Promise<number> {
  const wanted = process.argv.slice(2).filter((arg) => /^\d/.test(arg));
  const only = process.argv.slice(2).filter((arg) => !/^\d/.test(arg));
  const kernels = wanted.length === 0 ? KERNELS : KERNELS.filter((k) => wanted.includes(k.name));
  const all = wanted.length === 0 ? CASES : CASES.filter((one) => one.slow !== true);
  const cases = only.length === 0 ? all : CASES.filter((one) => only.some((part) => one.id.includes(part)));
  const archive = guest(executable(), cases, { target: target() }).build();
  const results: Result[] = [];
  for (const kernel of kernels) {
    results.push(...(await runOn(kernel, archive, cases)));
  }
  if (only.length === 0 && wanted.length === 0) writeReport(results, kernels);
  const failed = results.filter((r) => r.outcome === 'fail').length;
  const refused = results.filter((r) => r.outcome === 'refused').length;
  console.log(`${results.length - failed - refused} passed, ${failed} failed, ${refused} refused as documented`);
  return failed === 0 ? 0 : 1;
}

async function runOn(kernel: Kernel, archive: Buffer, cases: typeof CASES): Promise<Result[]> {
  const files = fetchKernel(kernel);
  const logs = join(ROOT, 'artifacts', 'vm');
  mkdirSync(logs, { recursive: true });
  const initramfs = join(CACHE, `initramfs-${kernel.name}.cpio`);
  const log = join(logs, `${kernel.name}.log`);
  const run = await boot(files, { initramfs, archive, memoryMb: 3072, cpus: 2, timeoutSeconds: TIMEOUT_SECONDS, log });
  const printed = sections(run.console);
  console.log(
    `\n${kernel.name}: ${/@@UNAME (\S+)/.exec(run.console)?.[1] ?? 'did not boot'}, ${run.seconds.toFixed(0)} s`,
  );
  return cases.map((one) => {
    const section = printed.get(one.id);
    const result: Result =
      section === undefined
        ? { case: one, kernel: kernel.name, outcome: 'fail', text: 'never ended', seconds: 0 }
        : judge(one, kernel.name, section.output, section.exit, section.seconds);
    console.log(`  ${result.outcome.padEnd(8)}${one.id} (${result.seconds.toFixed(1)} s)`);
    if (result.outcome === 'fail') console.log(result.text.replace(/^/gm, '      '));
    return result;
  });
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
