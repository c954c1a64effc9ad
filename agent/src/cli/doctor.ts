/** `bpfscope doctor`: what this host can do, what it lacks, why, and the command that mends it. */
import { Command } from 'commander';
import { hostname, release } from 'node:os';
import { hasSeccompFilter, hostSettings, privileges, probeAll } from '@bpfscope/native/features';
import type { Feature, HostSetting, Privilege } from '@bpfscope/native/features';
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
  const facts = gather();
  process.stdout.write(json ? `${JSON.stringify(facts, null, 2)}\n` : doctorText(facts));
  return facts.problems.length === 0 ? 0 : 1;
}

export interface DoctorFacts {
  readonly version: string;
  readonly host: string;
  readonly kernel: string;
  readonly arch: string;
  readonly problems: readonly { readonly code: string; readonly text: string }[];
  readonly privileges: readonly Privilege[];
  readonly seccomp: boolean;
  readonly settings: readonly HostSetting[];
  readonly features: readonly Feature[];
}

function gather(): DoctorFacts {
  const problems = environmentProblems().map(({ code, text }) => ({ code, text }));
  const linux = !problems.some(({ code }) => code === 'not-linux');
  // Features are found by loading programs.
  const able = linux && !problems.some(({ code }) => code === 'no-privileges');
  return {
    version: VERSION,
    host: hostname(),
    kernel: release(),
    arch: process.arch,
    problems,
    privileges: linux ? privileges() : [],
    seccomp: linux && hasSeccompFilter(),
    settings: linux ? hostSettings() : [],
    features: able ? probeAll() : [],
  };
}

/** In words: what is in the way first, then what works and what does not. */
export function doctorText(facts: DoctorFacts): string {
  const { version, host, kernel, arch, problems, privileges: rights, settings, seccomp, features } = facts;
  const lines = [`bpfscope ${version} on ${host}, Linux ${kernel} (${arch})`, ''];
  if (problems.length === 0) lines.push('Queries can run here.');
  for (const { text } of problems) lines.push(`PROBLEM  ${text}`);
  for (const { name, held, neededFor } of rights) if (!held) lines.push(`LACKS    ${name}, for ${neededFor}`);
  if (seccomp) lines.push('NOTE     a seccomp filter is on this process: it may refuse bpf(2) or perf_event_open(2)');
  for (const { name, value, good, effect, mend } of settings) {
    if (!good) lines.push(`SETTING  ${name} is ${value}: ${effect}. To mend: ${mend}`);
  }
  if (features.length > 0) lines.push('');
  for (const { title, available, reason, mend } of features) {
    const why = available ? '' : `: ${reason ?? 'not available'}${mend === undefined ? '' : `. To mend: ${mend}`}`;
    lines.push(`${available ? 'yes' : 'NO '}  ${title}${why}`);
  }
  return `${lines.join('\n')}\n`;
}
