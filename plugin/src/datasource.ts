/** The data source in the browser. Queries and resource calls go through Grafana's server to the backend process. */
import type { CoreApp, DataSourceInstanceSettings, ScopedVars } from '@grafana/data';
import { DataSourceWithBackend, getTemplateSrv } from '@grafana/runtime';
import type { Catalog, CheckAnswer, ProbeSearch, TypeSearch } from '@bpfscope/agent/protocol';
import { DEFAULT_QUERY, isEmptyQuery, migrateQuery, queryDisplayText, type BpfQuery } from '../shared/index.ts';
import { completeQuery, type SavedQuery } from './saved-query.ts';
import type { SavedSettings } from './saved-settings.ts';
import { replaceBraced, type Replace } from './template.ts';
import { BpfVariables } from './variables.ts';

/** What a new panel shows before anyone chose: always collected, and never dull. */
const FIRST_METRIC = 'runq.latency';

export class BpfDataSource extends DataSourceWithBackend<SavedQuery, SavedSettings> {
  private catalogOnce: Promise<Catalog> | undefined;

  constructor(settings: DataSourceInstanceSettings<SavedSettings>) {
    super(settings);
    this.variables = new BpfVariables(this);
    // Events (printf) on a graph: their time and their text.
    this.annotations = {
      prepareQuery: ({ target }) => target && { ...completeQuery(target), format: 'table' },
    };
  }

  override getDefaultQuery(_app: CoreApp): Partial<SavedQuery> {
    return { ...DEFAULT_QUERY, metric: FIRST_METRIC };
  }

  override filterQuery(query: SavedQuery): boolean {
    return query.hide !== true && !isEmptyQuery(migrateQuery(query));
  }

  override getQueryDisplayText(query: SavedQuery): string {
    return queryDisplayText(migrateQuery(query));
  }

  override applyTemplateVariables(query: SavedQuery, scopedVars: ScopedVars): SavedQuery {
    const templates = getTemplateSrv();
    const replace: Replace = (text, vars, format) => templates.replace(text, vars, format);
    const model: BpfQuery = migrateQuery(query);
    return {
      ...query,
      ...model,
      query: replaceBraced(model.query, scopedVars, replace),
      metric: replace(model.metric, scopedVars),
      params: model.params.map((parameter) => replace(parameter, scopedVars)),
      legend: replaceBraced(model.legend, scopedVars, replace),
    };
  }

  /** The agent's metrics; asked once per page, again after a failure. */
  catalog(): Promise<Catalog> {
    this.catalogOnce ??= this.getResource<Catalog>('catalog').catch((error: unknown) => {
      this.catalogOnce = undefined;
      throw error;
    });
    return this.catalogOnce;
  }

  /** What the agent says about a query on its own kernel, without running it. */
  check(query: BpfQuery): Promise<CheckAnswer> {
    return this.postResource<CheckAnswer>(
      'check',
      { query: query.query, params: query.params },
      { showErrorAlert: false },
    );
  }

  /** Probes of the agent's host by name, which may have wildcards, for completion. */
  probes(search: string, limit: number): Promise<ProbeSearch> {
    return this.getResource<ProbeSearch>('probes', { search, limit }, { showErrorAlert: false });
  }

  /** Types of its kernel: by wildcards their names, by one name its members. */
  types(search: string, limit: number): Promise<TypeSearch> {
    return this.getResource<TypeSearch>('types', { search, limit }, { showErrorAlert: false });
  }
}
