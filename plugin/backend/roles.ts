/** Who may do what. Grafana's role is the only identity its server attests; no user means nobody in particular. */
import type { BpfQuery, Settings } from '../shared/index.ts';
import type { PluginContext } from './messages.ts';

const RANK: Readonly<Record<string, number>> = { None: 0, Viewer: 1, Editor: 2, Admin: 3, 'Grafana Admin': 3 };

/** Public dashboards and anonymous visitors come without a user: they may what a viewer may. */
const rankOf = (context: PluginContext | null): number => RANK[context?.user?.role || 'Viewer'] ?? 0;

/** Rules run as an internal admin: who may save a rule was decided when it was saved. */
export function mayRunCustomQueries(context: PluginContext | null, settings: Settings): boolean {
  return rankOf(context) >= (RANK[settings.customQueryRole] ?? 3);
}

/** null: allowed; else the sentence to show. */
export function refusal(query: BpfQuery, context: PluginContext | null, settings: Settings): string | null {
  if (rankOf(context) < 1) return 'Queries need at least the Viewer role.';
  if (query.mode === 'metric' || mayRunCustomQueries(context, settings)) return null;
  return `Queries of one's own need the ${settings.customQueryRole} role on this data source. Metrics of the catalog can be run.`;
}
