/** Starts the workbench: the plugin's backend process as Grafana starts it, and the server of the page. */
import { existsSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { PluginHost } from '../../host/index.ts';
import { makeApp } from './app.ts';
import { readDataSources } from './provisioning.ts';

export interface WorkbenchOptions {
  /** The repository's root. */
  root: string;
  /** 0: any free one. */
  port: number;
  /** Values that provisioning/datasources refers to, such as the agent's URL and token. */
  environment: Readonly<Record<string, string | undefined>>;
  onLog?: (level: string, message: string) => void;
}

export interface Workbench {
  url: string;
  port: number;
  close: () => Promise<void>;
}

/** Go's names, which Grafana uses for executables. */
const ARCHITECTURES: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

export function executablePath(root: string): string {
  return join(root, 'plugin', 'dist', `gpx_bpfscope_${platform()}_${ARCHITECTURES[arch()] ?? arch()}`);
}

/** Throws with one sentence when something is not built or the port is taken. */
export async function startWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { root, environment, onLog = () => undefined } = options;
  const executable = executablePath(root);
  for (const path of [executable, join(root, 'plugin/dist/module.js'), join(root, 'plugin/build/page/entry.json')]) {
    if (!existsSync(path)) throw new Error(`${path} is missing: run npm run build -w plugin.`);
  }
  const sources = await readDataSources(join(root, 'provisioning', 'datasources'), environment);
  const backend = new BackendProcess(executable, onLog);
  let port = options.port;
  const app = await makeApp({ root, sources, host: () => backend.get(), port: () => port });
  try {
    await Promise.all([backend.get(), app.listen({ host: '127.0.0.1', port: options.port })]);
  } catch (error) {
    await Promise.allSettled([app.close(), backend.stop()]);
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new Error(`Port ${options.port} is taken: is another workbench running?`, { cause: error });
    }
    throw error;
  }
  const address = app.server.address();
  if (address !== null && typeof address === 'object') port = address.port;
  return {
    port,
    url: `http://localhost:${port}`,
    close: async () => {
      await app.close();
      await backend.stop();
    },
  };
}

/** The plugin's process; started again, as Grafana does, when it is asked after it ended. */
class BackendProcess {
  private readonly executable: string;
  private readonly onLog: (level: string, message: string) => void;
  private running: Promise<PluginHost> | undefined;

  constructor(executable: string, onLog: (level: string, message: string) => void) {
    this.executable = executable;
    this.onLog = onLog;
  }

  get(): Promise<PluginHost> {
    this.running ??= this.start();
    return this.running;
  }

  async stop(): Promise<void> {
    const host = await this.running?.catch(() => undefined);
    this.running = undefined;
    await host?.stop();
  }

  private async start(): Promise<PluginHost> {
    try {
      const host = await PluginHost.start({
        executable: this.executable,
        onLog: ({ level, message }) => this.onLog(level, message),
      });
      void host.exited.then(() => (this.running = undefined));
      return host;
    } catch (error) {
      this.running = undefined;
      throw error;
    }
  }
}
