#!/usr/bin/env node
/** The command line: a table of commands. Each is loaded when it is asked for, so that `run` starts fast. */
import { existsSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.ts';

/** name to the module that makes its commander command. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./run/command.ts')).runCommand(),
  serve: async () => (await import('./serve.ts')).serveCommand(),
  check: async () => (await import('./check.ts')).checkCommand(),
  list: async () => (await import('./list.ts')).listCommand(),
  catalog: async () => (await import('./catalog.ts')).catalogCommand(),
  fmt: async () => (await import('./fmt.ts')).fmtCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
};

const VERSION_OPTIONS: ReadonlySet<string> = new Set(['-V', '--version']);
/** Of bpfscope itself. */
const OWN_OPTIONS: ReadonlySet<string> = new Set(['-h', '--help', ...VERSION_OPTIONS]);

/** No command has such a name: what is meant is a file, and `run` says when it is not there. */
const LIKE_A_FILE = /^-$|\/|\.bt$/;

/** Resolves to the exit code. `words`: without the program's name. */
export async function main(words: readonly string[]): Promise<number> {
  const [first = ''] = words;
  const program = new Command('bpfscope')
    .description('BPF queries: run them here, or serve them to Grafana')
    // `NAME vVERSION`, and all options after a wrong one: what programs that drive bpftrace look for.
    .version(`bpfscope v${VERSION}`, '-V, --version')
    .configureHelp({ styleTitle: (title) => title.toUpperCase() })
    .exitOverride()
    .showHelpAfterError(first === 'run' ? true : '(--help shows what there is)');
  // bpftrace has no commands: `bpfscope -e ...` means `bpfscope run -e ...`.
  if (first.startsWith('-') && !OWN_OPTIONS.has(first)) return main(['run', ...words]);
  if (first === 'run' && VERSION_OPTIONS.has(words[1] ?? '')) return main([words[1] ?? '']);
  const wanted = COMMANDS[first];
  // `#!/usr/bin/env bpfscope` and `bpfscope script.bt`: a file that is no command is a query.
  if (wanted === undefined && (existsSync(first) || LIKE_A_FILE.test(first))) return main(['run', ...words]);
  // Help lists all commands; a command's own run loads only itself.
  const makers = wanted === undefined ? Object.values(COMMANDS) : [wanted];
  for (const make of makers) program.addCommand((await make()).exitOverride().copyInheritedSettings(program));
  try {
    await program.parseAsync([...words], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return exitCodeOf(error);
  }
}

/** One sentence for what a person or the host did; a stack trace only for our own bugs. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode;
  if (!(error instanceof Error)) throw error;
  if (!EXPECTED.has(error.name)) {
    process.stderr.write(`bpfscope has a bug, please report it: ${error.stack ?? error.message}\n`);
    return 70;
  }
  const hint = 'hint' in error && typeof error.hint === 'string' ? `HINT: ${error.hint}\n` : '';
  process.stderr.write(`ERROR: ${error.message}\n${hint}`);
  return 1;
}

/** By name, so that nothing has to be loaded to recognise them. */
const EXPECTED: ReadonlySet<string> = new Set([
  'UsageError',
  'EnvironmentError',
  'SyscallError',
  'VerifierError',
  'EngineError',
]);
