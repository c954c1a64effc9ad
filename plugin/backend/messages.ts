/** The protocol's messages as grpc-js gives and takes them: every field present, int64 as number, bytes as Buffer. */

export interface DataSourceInstanceSettings {
  id: number;
  uid: string;
  name: string;
  url: string;
  jsonData: Buffer;
  decryptedSecureJsonData: Record<string, string>;
  lastUpdatedMS: number;
}

export interface User {
  login: string;
  name: string;
  email: string;
  /** Viewer, Editor, Admin, None; the only identity that Grafana's server attests. */
  role: string;
}

export interface PluginContext {
  orgId: number;
  pluginId: string;
  /** Absent for requests without a person: public dashboards, health checks of the server. */
  user: User | null;
  dataSourceInstanceSettings: DataSourceInstanceSettings | null;
  pluginVersion: string;
  userAgent: string;
}

export interface DataQuery {
  refId: string;
  maxDataPoints: number;
  intervalMS: number;
  timeRange: { fromEpochMS: number; toEpochMS: number } | null;
  /** The saved query model as JSON. */
  json: Buffer;
  queryType: string;
}

/** Values of DataFrameFormat. */
export const ARROW = 0;
export const JSON_FORMAT = 1;

export interface QueryDataRequest {
  pluginContext: PluginContext | null;
  headers: Record<string, string>;
  queries: DataQuery[];
  format: number;
}

export interface DataResponse {
  frames?: Uint8Array[];
  error?: string;
  /** HTTP status of this query. */
  status: number;
  /** `downstream`: the user or the agent; `plugin`: this process. Grafana counts only the latter against the plugin. */
  errorSource?: 'plugin' | 'downstream';
  format?: number;
}

export interface QueryDataResponse {
  responses: Record<string, DataResponse>;
}

export interface CallResourceRequest {
  pluginContext: PluginContext | null;
  path: string;
  method: string;
  /** With the query string. */
  url: string;
  headers: Record<string, { values: string[] }>;
  body: Buffer;
}

export interface CallResourceResponse {
  code: number;
  headers: Record<string, { values: string[] }>;
  body: Uint8Array;
}

export interface CheckHealthRequest {
  pluginContext: PluginContext | null;
  headers: Record<string, string>;
}

/** Values of HealthStatus. */
export const HEALTH_OK = 1;
export const HEALTH_ERROR = 2;

export interface CheckHealthResponse {
  status: number;
  message: string;
  /** JSON; `verboseMessage` is shown below the message in the config page. */
  jsonDetails: Uint8Array;
}

export interface CollectMetricsResponse {
  metrics: { prometheus: Uint8Array };
}
