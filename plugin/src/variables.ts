/** Dashboard variables: a query's keys are the values, most frequent first (process names, devices, system calls). */
import { CustomVariableSupport, type DataFrame, type DataQueryRequest, type DataQueryResponse } from '@grafana/data';
import { map, type Observable } from 'rxjs';
import type { BpfDataSource } from './datasource.ts';
import { QueryEditor } from './editor/QueryEditor.tsx';
import { completeQuery, type SavedQuery } from './saved-query.ts';
import { valuesOf } from './values-of.ts';

export class BpfVariables extends CustomVariableSupport<BpfDataSource, SavedQuery> {
  readonly editor = QueryEditor;
  private readonly datasource: BpfDataSource;

  constructor(datasource: BpfDataSource) {
    super();
    this.datasource = datasource;
  }

  query(request: DataQueryRequest<SavedQuery>): Observable<DataQueryResponse> {
    // A table has one row a key, whatever the query's own format.
    const targets = request.targets.map((target) => ({ ...completeQuery(target), format: 'table' as const }));
    return this.datasource
      .query({ ...request, targets })
      .pipe(map((response) => ({ ...response, data: valuesOf(response.data as DataFrame[]) })));
  }
}
