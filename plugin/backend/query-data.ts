/** QueryData: every query on its own, side by side; one that fails harms no other. */
import { isEmptyQuery, mapAnswer, migrateQuery, type BpfQuery, type Frame } from '../shared/index.ts';
import { AgentError } from './agent-error.ts';
import { encodeArrow } from './arrow.ts';
import type { Instance, Instances } from './instance.ts';
import { jsonFrame } from './json-frame.ts';
import { log } from './log.ts';
import {
  JSON_FORMAT,
  type DataQuery,
  type DataResponse,
  type QueryDataRequest,
  type QueryDataResponse,
} from './messages.ts';
import { observeQuery } from './metrics.ts';
import { refusal } from './roles.ts';

/** Milliseconds to wait for the first sample of a query that nobody ran yet, so that a new panel is not empty. */
const WAIT_MS = 1500;
/** Rules are evaluated minutes apart: what they watch has to go on in between. */
const ALERT = { waitMs: 3000, leaseSeconds: 1800 } as const;

/** Header names differ in case between Grafana versions. */
export function isFromAlert(headers: Readonly<Record<string, string>>): boolean {
  return Object.entries(headers).some(
    ([name, value]) => /^(http_)?fromalert$/i.test(name) && value.toLowerCase() === 'true',
  );
}

const failure = (error: string, status: number, errorSource: 'plugin' | 'downstream'): DataResponse => ({
  error,
  status,
  errorSource,
});

function readModel(json: Buffer): BpfQuery {
  try {
    return migrateQuery(JSON.parse(json.toString('utf8')));
  } catch {
    throw new AgentError('refused', 'The query model is not JSON.');
  }
}

async function frames(query: BpfQuery, request: DataQuery, instance: Instance, alert: boolean): Promise<Frame[]> {
  const { refId, timeRange, intervalMS } = request;
  const to = timeRange?.toEpochMS ?? Date.now();
  const answer = await instance.agent.query({
    ...(query.mode === 'metric' ? { metric: query.metric } : { query: query.query }),
    ...(query.params.length > 0 ? { params: query.params } : {}),
    from: timeRange?.fromEpochMS ?? to - 3_600_000,
    to,
    step: Math.max(100, intervalMS),
    wait: alert ? ALERT.waitMs : WAIT_MS,
    ...(alert ? { lease: ALERT.leaseSeconds } : {}),
  });
  const mapped = mapAnswer(answer, query, { refId, alert });
  if (mapped.problem !== undefined) throw new AgentError('refused', mapped.problem);
  return mapped.frames;
}

const jsonBytes = (frame: Frame): Uint8Array => Buffer.from(JSON.stringify(jsonFrame(frame)));

async function respond(query: DataQuery, request: QueryDataRequest, instance: Instance): Promise<DataResponse> {
  const model = readModel(query.json);
  if (isEmptyQuery(model)) return { status: 200, frames: [] };
  const refused = refusal(model, request.pluginContext, instance.settings);
  if (refused !== null) throw new AgentError('forbidden', refused);
  const result = await frames(model, query, instance, isFromAlert(request.headers));
  const json = request.format === JSON_FORMAT;
  return { status: 200, frames: result.map(json ? jsonBytes : encodeArrow), ...(json ? { format: JSON_FORMAT } : {}) };
}

export async function queryData(request: QueryDataRequest, instances: Instances): Promise<QueryDataResponse> {
  const entries = request.queries.map(async (query): Promise<[string, DataResponse]> => {
    const started = performance.now();
    let response: DataResponse;
    try {
      response = await respond(query, request, instances.get(request.pluginContext));
    } catch (error) {
      const known = error instanceof AgentError;
      response = known
        ? failure(error.message, error.status, 'downstream')
        : failure(`The plugin failed: ${String(error)}`, 500, 'plugin');
      log(known ? 'warn' : 'error', 'query failed', {
        refId: query.refId,
        error: known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
    observeQuery(response.errorSource ?? 'ok', (performance.now() - started) / 1000);
    return [query.refId, response];
  });
  return { responses: Object.fromEntries(await Promise.all(entries)) };
}
