/** Sets up Grafana's services, loads the plugin and shows the page. */
import 'uplot/dist/uPlot.min.css';
import type { DataSourceInstanceSettings, DataSourcePluginMeta } from '@grafana/data';
import { setBackendSrv, setDataSourceSrv, setTemplateSrv } from '@grafana/runtime';
import { createRoot } from 'react-dom/client';
import type { BootData } from '../boot-data.ts';
import { App } from './App.tsx';
import { registerFieldConfig } from './field-config.ts';
import { startEditorWorkers } from './monaco-workers.ts';
import { loadPlugin } from './plugin-loader.ts';
import { WorkbenchBackendSrv } from './services/backend-srv.ts';
import { WorkbenchDataSourceSrv } from './services/data-source-srv.ts';
import { WorkbenchTemplateSrv } from './services/template-srv.ts';

export async function show(boot: BootData): Promise<void> {
  startEditorWorkers();
  registerFieldConfig();
  setBackendSrv(new WorkbenchBackendSrv());
  setTemplateSrv(new WorkbenchTemplateSrv());

  const plugin = await loadPlugin(boot.plugin.module);
  const meta = boot.plugin.meta as DataSourcePluginMeta;
  plugin.meta = meta;
  const settings = boot.dataSources.map((source): DataSourceInstanceSettings => ({
    ...source,
    meta,
    readOnly: true,
    access: 'proxy',
  }));
  const sources = new WorkbenchDataSourceSrv(settings, plugin);
  setDataSourceSrv(sources);

  const place = document.getElementById('root');
  if (place === null) throw new Error('The page has no #root.');
  createRoot(place).render(<App boot={boot} plugin={plugin} />);
}
