/** A query asked again and again: the newest answer, and whether one is under way. One request at a time. */
import type { CoreApp } from '@grafana/data';
import { type DataFrame, type DataQuery, type DataQueryError, type DataSourceRef, type TimeRange } from '@grafana/data';
import { useEffect, useRef, useState } from 'react';
import { ask, lastSeconds } from './query-runner.ts';

/** A query that was refused is not better a second later, and an agent that is down has its own troubles. */
const ERROR_PAUSE_MS = 5000;

export interface LiveQuery {
  app: CoreApp;
  id: string;
  source: DataSourceRef | null;
  targets: DataQuery[];
  /** Length of the shown range, in seconds. */
  seconds: number;
  /** Between the end of an answer and the next question; null: ask once. */
  refreshMs: number | null;
  maxDataPoints: number;
  minInterval?: string;
  /** A change asks anew. */
  revision?: number;
}

export interface LiveState {
  frames: DataFrame[];
  errors: DataQueryError[];
  range: TimeRange;
  loading: boolean;
  /** false until the first answer. */
  answered: boolean;
}

export function useLiveQuery(query: LiveQuery): LiveState {
  const { seconds, refreshMs, maxDataPoints, revision } = query;
  const [state, setState] = useState<LiveState>(() => ({
    frames: [],
    errors: [],
    range: lastSeconds(seconds),
    loading: true,
    answered: false,
  }));
  const latest = useRef(query);
  latest.current = query;
  const key = JSON.stringify(query.targets);

  useEffect(() => {
    if (maxDataPoints <= 0) return undefined;
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const round = async () => {
      let pause = refreshMs ?? 0;
      // A hidden page asks for nothing: its queries' leases may run out, as if nobody looked.
      if (!document.hidden) {
        const range = lastSeconds(seconds);
        setState((before) => ({ ...before, loading: true }));
        const answer = await settle(latest.current, range);
        if (!current) return;
        setState({ ...answer, range, loading: false, answered: true });
        if (answer.errors.length > 0) pause = Math.max(pause, ERROR_PAUSE_MS);
      }
      if (refreshMs !== null) timer = setTimeout(() => void round(), pause);
    };
    void round();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [key, seconds, refreshMs, maxDataPoints > 0, revision]);

  return state;
}

async function settle(query: LiveQuery, range: TimeRange): Promise<{ frames: DataFrame[]; errors: DataQueryError[] }> {
  try {
    const { data, errors, error } = await ask({ ...query, range });
    return { frames: data as DataFrame[], errors: errors ?? (error ? [error] : []) };
  } catch (error) {
    return { frames: [], errors: [{ message: error instanceof Error ? error.message : String(error) }] };
  }
}
