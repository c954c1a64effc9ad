/** Runs the backend executable outside Grafana, the way Grafana runs it. */
export { decodeArrow } from './decode.ts';
export { PluginHost, pluginContext } from './host.ts';
export type { Caller, DataSource, HostOptions, HostQuery, HostRequest, HostResponse } from './host.ts';
export { parseHandshake, parseLogLine } from './process.ts';
export type { LogLine } from './process.ts';
