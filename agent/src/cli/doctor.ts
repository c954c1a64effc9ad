/** `bpfscope doctor`: what this host can do, what it lacks, why, and the command that mends it. */
import { Command } from 'commander';
import { hostname, release } from 'node:os';
import { probeAll } from '@bpfscope/native/features';
import { environmentProblems } from '../environment.ts';
import { VERSION } from '../version.ts';

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Say what this host can do, what is missing and how to mend it')
    .option('--json', 'for programs')
    .action((options: { json?: boolean }) => {
      process.exitCode = printDoctor(options.json ?? false);
    });
}

/** Exit code 1 when no query can run here. */
export function printDoctor(json: boolean): number {
  const problems = environmentProblems();
  // Features are found by loading programs, which only root may.
  const features = problems.some(({ code }) => code === 'not-linux' || code === 'not-root') ? [] : probeAll();
  const facts = {
    version: VERSION,
    host: hostname(),
    kernel: release(),
    arch: process.arch,
    problems: problems.map(({ code, text }) => ({ code, text })),
    features: features.map(({ name, title, since, available, reason }) => ({
      name,
      title,
      since,
      available,
      ...(reason === undefined ? {} : { reason }),
    })),
  };
  process.stdout.write(json ? `${JSON.stringify(facts, null, 2)}\n` : doctorText(facts));
  return problems.length === 0 ? 0 : 1;
}

interface Facts {
  readonly version: string;
  readonly host: string;
  readonly kernel: string;
  readonly arch: string;
  readonly problems: readonly { readonly text: string }[];
  readonly features: readonly {
    readonly title: string;
    readonly name: string;
    readonly since: string;
    readonly available: boolean;
    readonly reason?: string;
  }[];
}

function doctorText({ version, host, kernel, arch, problems, features }: Facts): string {
  const lines = [`bpfscope ${version} on ${host}, Linux ${kernel} (${arch})`, ''];
  if (problems.length === 0) lines.push('Queries can run here.');
  for (const { text } of problems) lines.push(`PROBLEM  ${text}`);
  if (features.length > 0) lines.push('');
  for (const { title, name, available, reason, since } of features) {
    const why = available
      ? ''
      : `: ${reason ?? 'not available'}${since === '' ? '' : ` (Linux ${since} or newer has it)`}`;
    lines.push(`${available ? 'yes' : 'NO '}  ${title || name}${why}`);
  }
  return `${lines.join('\n')}\n`;
}
