/**
 * What an agent costs that does nothing but collect the always-on metrics: resident memory, CPU of the process, and CPU
 * of its BPF programs. Goal: at most 90 MB (as executable) and 0.5 % of one CPU. `SECONDS=60` sets how long.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { enableRunStatistics, listPrograms } from '@bpfscope/native/prog';

const root = fileURLToPath(new URL('../../', import.meta.url));
const SECONDS = Number(process.env['SECONDS'] ?? 30);
const SETTLE_SECONDS = 10;
/** sysconf(_SC_CLK_TCK), the same on all Linux that we run on. */
const TICKS = 100;

const sleep = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

function processCpu(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

const residentMb = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** Ids of the programs that a process holds. */
function programsOf(pid: number): Set<number> {
  const ids = readdirSync(`/proc/${pid}/fdinfo`).map((fd) => {
    const info = readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8');
    return info.startsWith('pos:') ? Number(/^prog_id:\s+(\d+)/m.exec(info)?.[1] ?? 0) : 0;
  });
  return new Set(ids.filter((id) => id > 0));
}

async function measure(name: string, command: string, args: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bpfscope-rest-'));
  const child = spawn(
    command,
    [...args, 'serve', '--port', '0', '--token-file', join(folder, 'tokens'), '--log-level', 'warn'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const statistics = enableRunStatistics();
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
    });
    await sleep(SETTLE_SECONDS);
    const pid = child.pid ?? 0;
    const ours = (): { runtime: number; runs: number; programs: number } => {
      const held = programsOf(pid);
      const programs = listPrograms().filter(({ id }) => held.has(id));
      const sum = (of: (p: (typeof programs)[number]) => bigint | number): number =>
        programs.reduce((all, p) => all + Number(of(p)), 0);
      return { runtime: sum((p) => p.runTimeNs), runs: sum((p) => p.runCount), programs: programs.length };
    };
    const cpu = processCpu(pid);
    const bpf = ours();
    await sleep(SECONDS);
    const share = ((processCpu(pid) - cpu) / SECONDS) * 100;
    const after = ours();
    const bpfShare = ((after.runtime - bpf.runtime) / 1e9 / SECONDS) * 100;
    const rate = (after.runs - bpf.runs) / SECONDS;
    console.log(
      `${name}: ${residentMb(pid).toFixed(0)} MB resident (goal 90), ${share.toFixed(2)} % of one CPU (goal 0.5); ` +
        `its ${after.programs} BPF programs ${bpfShare.toFixed(2)} % more for ${rate.toFixed(0)} events a second`,
    );
  } finally {
    statistics.close();
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

const executable = join(root, 'build', 'bpfscope');
const main = join(root, 'agent', 'dist', 'cli', 'entry.js');
if (existsSync(executable)) await measure('executable', executable, []);
if (existsSync(main)) await measure('node', process.env['NODE'] ?? 'node', [main]);
