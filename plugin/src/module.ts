/** What Grafana loads: the data source with its editors. */
import { DataSourcePlugin } from '@grafana/data';
import { ConfigEditor } from './config/ConfigEditor.tsx';
import { BpfDataSource } from './datasource.ts';
import { QueryEditor } from './editor/QueryEditor.tsx';
import { QueryEditorHelp } from './editor/QueryEditorHelp.tsx';
import type { SavedQuery } from './saved-query.ts';
import type { SavedSettings } from './saved-settings.ts';

export const plugin = new DataSourcePlugin<BpfDataSource, SavedQuery, SavedSettings>(BpfDataSource)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor)
  .setQueryEditorHelp(QueryEditorHelp);
