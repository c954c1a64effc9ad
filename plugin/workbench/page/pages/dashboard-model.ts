/** The parts of Grafana's dashboard JSON that the workbench reads. */
import type { DataQuery, DataSourceRef, FieldConfigSource } from '@grafana/data';

export interface DashboardPanel {
  id: number;
  type: string;
  title?: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: DataSourceRef | null;
  targets?: DataQuery[];
  interval?: string;
  fieldConfig?: FieldConfigSource;
  options?: Record<string, unknown>;
}

export interface Dashboard {
  uid: string;
  title: string;
  description?: string;
  /** `5s`; empty or missing: not refreshed in Grafana. */
  refresh?: string;
  time?: { from: string; to: string };
  panels: DashboardPanel[];
}

/** Seconds of a relative range that ends now; others are shown as the default. */
export function rangeSeconds(time: Dashboard['time'], otherwise: number): number {
  const match = /^now-(\d+)([smhd])$/.exec(time?.from ?? '');
  if (match === null || time?.to !== 'now') return otherwise;
  return Number(match[1]) * ({ s: 1, m: 60, h: 3600, d: 86400 }[match[2] as 's' | 'm' | 'h' | 'd'] ?? 1);
}
