/** The data source's settings as Grafana's frontend carries them. */
import type { DataSourceJsonData } from '@grafana/data';
import type { Settings } from '../shared/index.ts';

export interface SavedSettings extends DataSourceJsonData, Partial<Settings> {}
