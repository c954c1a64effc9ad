/** The agent's catalog as a component sees it: loading, there, or why not. */
import type { Metric } from '@bpfscope/agent/protocol';
import { useEffect, useState } from 'react';
import type { BpfDataSource } from '../datasource.ts';
import { errorText } from './error-text.ts';

export interface CatalogState {
  metrics: readonly Metric[];
  loading: boolean;
  error: string | null;
}

const LOADING: CatalogState = { metrics: [], loading: true, error: null };

export function useCatalog(datasource: BpfDataSource): CatalogState {
  const [state, setState] = useState(LOADING);
  useEffect(() => {
    let current = true;
    datasource.catalog().then(
      ({ metrics }) => current && setState({ metrics, loading: false, error: null }),
      (error: unknown) => current && setState({ metrics: [], loading: false, error: errorText(error) }),
    );
    return () => {
      current = false;
    };
  }, [datasource]);
  return state;
}
