/** Loads the built plugin the way Grafana does: `module.js` through SystemJS. */
import type { DataSourceApi, DataSourcePlugin } from '@grafana/data';
import { shareModules } from './shared-modules.ts';

interface PluginModule {
  plugin: DataSourcePlugin<DataSourceApi>;
}

export async function loadPlugin(address: string): Promise<DataSourcePlugin<DataSourceApi>> {
  shareModules();
  const module = (await System.import(address)) as PluginModule;
  return module.plugin;
}
