/** The query as Grafana's frontend carries it: our model, any part of which may be missing, with Grafana's own fields. */
import type { DataQuery } from '@grafana/data';
import { migrateQuery, type BpfQuery } from '../shared/index.ts';

export interface SavedQuery extends DataQuery, Partial<BpfQuery> {}

/** The complete model with Grafana's fields kept as they are. */
export function completeQuery(saved: SavedQuery): SavedQuery & BpfQuery {
  return { ...saved, ...migrateQuery(saved) };
}
