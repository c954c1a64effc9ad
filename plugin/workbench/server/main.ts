/**
 * `node main.js`: the workbench as a process of its own. From the environment: BPFSCOPE_WORKBENCH_PORT (9436),
 * BPFSCOPE_URL and BPFSCOPE_TOKEN, to which provisioning/datasources refers. Prints its URL; ends on SIGINT and SIGTERM.
 */
import { fileURLToPath } from 'node:url';
import { dirname } from 'node:path';
import { existsSync } from 'node:fs';
import { startWorkbench } from './workbench.ts';

const DEFAULT_PORT = 9436;

/** The folder with provisioning/ and plugin/, upwards from this file, built or not. */
function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(`${folder}/provisioning`)) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('There is no provisioning/ folder above the workbench.');
    folder = parent;
  }
  return folder;
}

function portFrom(text: string | undefined): number {
  const port = Number(text ?? DEFAULT_PORT);
  if (Number.isInteger(port) && port >= 0 && port < 65536) return port;
  throw new Error(`BPFSCOPE_WORKBENCH_PORT is ${text}: give a number from 0 to 65535.`);
}

try {
  const workbench = await startWorkbench({
    root: repositoryRoot(),
    port: portFrom(process.env['BPFSCOPE_WORKBENCH_PORT']),
    environment: process.env,
    onLog: (level, message) => {
      if (level === 'warn' || level === 'error') console.error(`plugin: ${message}`);
    },
  });
  console.log(workbench.url);
  let ending = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      void workbench.close().then(() => process.exit(0));
    });
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
