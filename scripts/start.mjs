// `npm start`: the agent in this process, the workbench beside it, and this host's run-queue latency on the terminal.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const workbenchProgram = join(root, 'plugin/build/types/workbench/server/main.js');
const logFile = join(root, 'build', 'agent.log');
const { parseTokens } = await import(join(root, 'agent/dist/routes/tokens.js'));
const { DEFAULTS, startServer, StartError } = await import(join(root, 'agent/dist/server.js'));
const { drawHeatmap } = await import(join(root, 'agent/dist/cli/live-heatmap.js'));

let workbench = null;
let server = null;
const stopped = untilSignal();

try {
  mkdirSync(dirname(logFile), { recursive: true });
  const port = Number(process.env.BPFSCOPE_PORT ?? DEFAULTS.port);
  server = await startServer({ ...DEFAULTS, port, logFile });
  console.log(`Agent:     ${server.url}  (token in ${server.tokenFile}, log in ${logFile})`);
  for (const { metric, problem } of server.problems) console.error(`${metric} is not collected: ${problem}`);
  console.log(`Workbench: ${existsSync(workbenchProgram) ? await startWorkbench() : 'not built: npm run build'}`);
} catch (error) {
  console.error(error instanceof StartError || error.expected ? error.message : error);
  await end(1);
}

const stopDrawing = process.stdout.isTTY ? drawHeatmap(server, process.stdout) : () => undefined;
await stopped;
stopDrawing();
await end(0);

/** Resolves with the workbench's address, which is the first line that it prints. */
function startWorkbench() {
  const [{ token }] = parseTokens(readFileSync(server.tokenFile, 'utf8'), server.tokenFile);
  workbench = spawn(process.execPath, [workbenchProgram], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, BPFSCOPE_URL: server.url, BPFSCOPE_TOKEN: token },
  });
  workbench.ended = new Promise((resolve) => workbench.once('exit', resolve));
  let complaint = '';
  workbench.stderr.on('data', (data) => (complaint = (complaint + data).slice(-2000)));
  return new Promise((resolve, reject) => {
    let text = '';
    workbench.stdout.on('data', (data) => {
      text += data;
      const line = /^(.+)\n/.exec(text);
      if (line !== null) resolve(line[1]);
    });
    workbench.once('error', reject);
    workbench.once('exit', () => {
      const sentence = complaint.trim().split('\n').at(-1) || 'The workbench ended before it was ready.';
      reject(Object.assign(new Error(sentence), { expected: true }));
    });
  });
}

/** Resolves at the first signal; a second one ends the process at once, and the kernel detaches what is left. */
function untilSignal() {
  return new Promise((resolve) => {
    let seen = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => {
        if (seen) process.exit(130);
        seen = true;
        resolve();
      });
    }
  });
}

async function end(status) {
  workbench?.kill('SIGTERM');
  await Promise.all([server?.close(), workbench?.ended]);
  process.exit(status);
}
