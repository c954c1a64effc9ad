/** Asks a data source as a Grafana panel does. */
import type { CoreApp } from '@grafana/data';
import {
  dateTime,
  rangeUtil,
  type DataQuery,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceRef,
  type TimeRange,
} from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { lastValueFrom, isObservable } from 'rxjs';

export interface Ask {
  id: string;
  app: CoreApp;
  source: DataSourceRef | null;
  targets: DataQuery[];
  range: TimeRange;
  /** Points that fit the panel, usually its width in pixels. */
  maxDataPoints: number;
  minInterval?: string;
}

export async function ask({
  id,
  app,
  source,
  targets,
  range,
  maxDataPoints,
  minInterval,
}: Ask): Promise<DataQueryResponse> {
  const api = await getDataSourceSrv().get(source);
  const shown = targets.filter((target) => api.filterQuery?.(target) ?? target.hide !== true);
  if (shown.length === 0) return { data: [] };
  const { interval, intervalMs } = rangeUtil.calculateInterval(range, maxDataPoints, minInterval ?? '1s');
  const request: DataQueryRequest = {
    requestId: id,
    app,
    interval,
    intervalMs,
    maxDataPoints,
    range,
    scopedVars: {
      __interval: { text: interval, value: interval },
      __interval_ms: { text: String(intervalMs), value: intervalMs },
    },
    targets: shown.map((target) => ({ ...target, datasource: api.getRef() })),
    timezone: 'browser',
    startTime: Date.now(),
  };
  const response = api.query(request);
  return isObservable(response) ? lastValueFrom(response) : response;
}

/** The last `seconds`, ending now. */
export function lastSeconds(seconds: number): TimeRange {
  const to = dateTime();
  const from = dateTime(to.valueOf() - seconds * 1000);
  return { from, to, raw: { from: `now-${seconds}s`, to: 'now' } };
}
