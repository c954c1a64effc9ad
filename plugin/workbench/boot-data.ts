/** What the workbench's server tells its page at start. Nothing secret is in it. */
export interface BootData {
  /** Version of the @grafana packages that the page brings. */
  grafanaVersion: string;
  plugin: { id: string; module: string; meta: unknown };
  dataSources: BootDataSource[];
  dashboards: { uid: string; title: string }[];
}

/** A data source as Grafana's frontend sees it. */
export interface BootDataSource {
  id: number;
  uid: string;
  name: string;
  type: string;
  url: string;
  isDefault: boolean;
  jsonData: Record<string, unknown>;
  /** Names of the secrets that are set. */
  secureJsonFields: Record<string, boolean>;
}
