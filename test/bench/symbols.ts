/**
 * Names for addresses, and the kernel's types: how long the tables take in a fresh process, and what they hold.
 *
 * Every case runs in processes of its own (bun, which the executable is made of, and Node), since the first use is what a
 * query waits for; the least of `ROUNDS` is printed. Beside milliseconds of CPU stands the ratio to a fixed loop that the
 * same process runs, which says the same on a slow or busy machine.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Btf } from '@bpfscope/native/btf';
import { KernelSymbols } from '@bpfscope/native/kallsyms';
import { readMemoryMap } from '@bpfscope/native/procfs';
import { UserSymbols } from '@bpfscope/native/symbols';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const MB = 1e6;
const BTF_FUNC = 12;
const BTF_STRUCT = 4;

interface Figure {
  readonly what: string;
  /** Wall clock, and user and system time, in milliseconds. */
  readonly ms: number;
  readonly cpuMs: number;
  /** Resident memory more than before, after garbage collection; null when nothing is kept. */
  readonly heldMb: number | null;
  readonly goal: string;
}

interface Calibrated extends Figure {
  readonly loopMs: number;
}

const collect = (): void => {
  const engine = globalThis as { readonly Bun?: { gc(force: boolean): void }; readonly gc?: () => void };
  engine.Bun?.gc(true);
  engine.gc?.();
};

const resident = (): number => {
  collect();
  return process.memoryUsage.rss() / MB;
};

const timed = (what: string, goal: string, work: () => unknown): Figure & { readonly result: unknown } => {
  const before = resident();
  const cpu = process.cpuUsage();
  const began = performance.now();
  const result = work();
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  return { what, goal, ms, cpuMs: (user + system) / 1000, heldMb: resident() - before, result };
};

/** Twenty million steps of a hash over bytes, after warming up: some 20 ms of a core of 2020. */
const calibrate = (): number => {
  const bytes = new Uint8Array(1 << 20).map((_, index) => index * 31);
  let hash = 0;
  const round = (): void => {
    for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x0100_0193);
  };
  for (let i = 0; i < 20; i++) round();
  const cpu = process.cpuUsage();
  for (let i = 0; i < 20; i++) round();
  const { user, system } = process.cpuUsage(cpu);
  if (hash === 0) throw new Error('the loop was not run');
  return (user + system) / 1000;
};

/** What the kernel prints for so many symbols, a fifth of them of modules; its own part is sorted. */
const kallsymsText = (count: number): string => {
  const lines: string[] = [];
  const [kernel, modules] = [0xffff_ffff_8100_0000n, 0xffff_ffff_c000_0000n];
  for (let i = 0; i < count; i++) {
    const name = `some_function_${(Math.imul(i, 0x9e37_79b1) >>> 0).toString(36)}`;
    const core = i < count * 0.8;
    // Within a module in no order.
    const address = core ? kernel + BigInt(i * 96) : modules + BigInt(((i * 7919) % count) * 96);
    lines.push(`${address.toString(16)} t ${name}${core ? '' : `\t[module_${(i / 500) | 0}]`}\n`);
  }
  return lines.join('');
};

/** The mapped code of a running program, spread over it: what stacks may hold. */
const spread = (pid: number, path: string, count: number): number[] => {
  const range = readMemoryMap(pid)?.find((each) => each.executable && each.path === path);
  if (range === undefined) throw new Error(`${path} is not mapped`);
  const step = Math.floor((range.end - range.start) / count);
  return Array.from({ length: count }, (_, index) => range.start + index * step);
};

const SYMBOLS = 200_000;
const ADDRESSES = 10_000;

/** By name: what a process measures. */
const CASES: Readonly<Record<string, (folder: string) => Figure[]>> = {
  kallsyms: (folder) => {
    const path = join(folder, 'kallsyms');
    const index = timed(
      `kallsyms: ${SYMBOLS} symbols read from a file, an address in the kernel and one in a module`,
      '80 ms, 25 MB',
      () => {
        const symbols = KernelSymbols.read(path);
        if (symbols.lookup(0xffff_ffff_8100_0070n) === null || symbols.lookup(0xffff_ffff_c010_0000n) === null) {
          throw new Error('an address has no name');
        }
        return symbols;
      },
    );
    const symbols = index.result as KernelSymbols;
    const core = Array.from({ length: ADDRESSES }, (_, i) => 0xffff_ffff_8100_0000n + BigInt(i * 1500));
    return [
      index,
      timed(`  ${ADDRESSES} kernel addresses`, '', () => core.map((address) => symbols.lookup(address))),
      timed('  first name', '', () => symbols.address('vfs_read')),
    ];
  },
  'kallsyms of this kernel': () => {
    const read = timed('', '', () => KernelSymbols.read());
    const { count } = read.result as KernelSymbols;
    return [{ ...read, what: `/proc/kallsyms of this kernel: ${count} symbols printed by the kernel and read` }];
  },
  user: () => {
    // Node has its symbol table, 60,000 functions of it.
    const program = spawn('node', ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const pid = program.pid ?? 0;
    try {
      const path = realpathSync(`/proc/${pid}/exe`);
      const size = (statSync(path).size / MB).toFixed(0);
      const names = new UserSymbols();
      const addresses = spread(pid, path, ADDRESSES);
      let named = 0;
      const pass = (): void => {
        named = 0;
        for (const address of addresses) if (names.lookup(pid, address).name !== null) named++;
      };
      const first = timed(`${ADDRESSES} new addresses of ${path} (${size} MB)`, '500 ms', pass);
      if (named === 0) throw new Error(`${path} has no symbols`);
      return [{ ...first, what: `${first.what}, ${named} named` }, timed('  again, cached', '5 ms', pass)];
    } finally {
      program.kill('SIGKILL');
    }
  },
  btf: () => [
    timed('vmlinux BTF read, a struct, a function and an enumerator found', '80 ms, 25 MB', () => {
      const btf = new Btf(readFileSync('/sys/kernel/btf/vmlinux'));
      const task = btf.find(BTF_STRUCT, 'task_struct')[0] ?? 0;
      const found = [btf.type(task), btf.find(BTF_FUNC, 'vfs_read')[0], btf.enumerator('TCP_ESTABLISHED')];
      if (task === 0 || found.includes(null as never)) throw new Error('vmlinux BTF lacks task_struct');
      return btf;
    }),
  ],
};

const print = (engine: string, figures: readonly Calibrated[]): void => {
  for (const { what, ms, cpuMs, heldMb, goal, loopMs } of figures) {
    const held = heldMb === null || heldMb < 0.1 ? '' : `, ${heldMb.toFixed(1)} MB more`;
    const wanted = goal === '' ? '' : ` (goal ${goal})`;
    const ratio = `${(cpuMs / loopMs).toFixed(2)} of the loop's ${loopMs.toFixed(0)} ms`;
    console.log(`${engine}: ${what}: ${ms.toFixed(1)} ms, ${cpuMs.toFixed(1)} ms of CPU, ${ratio}${held}${wanted}`);
  }
};

/** One case in a process, as JSON. */
const child = (name: string, folder: string): void => {
  const measure = CASES[name];
  if (measure === undefined) throw new Error(`no case ${name}`);
  const figures = measure(folder).map(({ what, goal, ms, cpuMs, heldMb }) => ({ what, goal, ms, cpuMs, heldMb }));
  const loopMs = calibrate();
  console.log(JSON.stringify(figures.map((figure) => ({ ...figure, loopMs }))));
};

/** For each figure of a case the process in which it took the least CPU. */
const least = (command: string, words: readonly string[], name: string, folder: string): Calibrated[] => {
  let best: Calibrated[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { stdout, stderr, status } = spawnSync(command, [...words, name, folder], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${name}: ${stderr}`);
    const now = JSON.parse(stdout) as Calibrated[];
    best = now.map((figure, at) => {
      const before = best[at];
      return before !== undefined && before.cpuMs < figure.cpuMs ? before : figure;
    });
  }
  return best;
};

/** This file for Node, which runs no TypeScript. */
const bundle = (folder: string): string => {
  const self = fileURLToPath(import.meta.url);
  const words = [
    'build',
    '--target=node',
    '--conditions=source',
    '--external=koffi',
    `--outdir=${folder}`,
    '--entry-naming=[name].mjs',
    self,
  ];
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return join(folder, 'symbols.mjs');
};

export function main(): void {
  const here = fileURLToPath(import.meta.url);
  // Within the repository, so that Node finds koffi.
  const cache = join(dirname(here), '..', '..', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'bench-'));
  try {
    writeFileSync(join(folder, 'kallsyms'), kallsymsText(SYMBOLS));
    const engines: readonly (readonly [string, string, readonly string[]])[] = [
      ['bun', process.execPath, ['--conditions', 'source', here]],
      ['node', 'node', ['--expose-gc', bundle(folder)]],
    ];
    for (const name of Object.keys(CASES)) {
      for (const [engine, command, words] of engines) print(engine, least(command, words, name, folder));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [name, folder] = process.argv.slice(2);
if (name !== undefined && folder !== undefined) child(name, folder);
else main();
