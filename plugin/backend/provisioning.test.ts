/** What is provisioned is what the plugin accepts: complete models of metrics that exist, shown in a format that fits. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { migrateQuery, migrateSettings, type BpfQuery, type Format } from '../shared/index.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');
const yaml = <T>(...path: string[]): T => parse(read(...path)) as T;
const PLUGIN = 'bpfscope-datasource';

interface Reference {
  type?: string;
  uid: string;
}
type Target = Record<string, unknown> & { refId: string; datasource: Reference };
interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets: Target[];
}
interface DashboardFile {
  uid: string;
  panels: Panel[];
}
interface DataSourceFile {
  datasources: { uid: string; type: string; url: string; jsonData: object; secureJsonData: { token: string } }[];
}
interface RuleData {
  refId: string;
  datasourceUid: string;
  relativeTimeRange: { from: number; to: number };
  model: Record<string, unknown>;
}
interface AlertFile {
  groups: {
    rules: { uid: string; condition: string; for: string; annotations: Record<string, string>; data: RuleData[] }[];
  }[];
}
interface MetricFile {
  name: string;
  kind: string;
  unit: string;
}

const dashboards = readdirSync(join(root, 'dashboards')).map((file) => ({
  file,
  dashboard: JSON.parse(read('dashboards', file)) as DashboardFile,
}));
const [source] = yaml<DataSourceFile>('provisioning', 'datasources', 'bpfscope.yaml').datasources;
const alerts = yaml<AlertFile>('provisioning', 'alerting', 'run-queue.yaml');
const catalog = new Map(
  readdirSync(join(root, 'agent', 'src', 'catalog', 'metrics')).map((file) => {
    const metric = yaml<MetricFile>('agent', 'src', 'catalog', 'metrics', file);
    return [metric.name, metric];
  }),
);

/** Formats that a kind of metric can be shown in, as the mapping has it. */
const FITS: Readonly<Record<string, readonly Format[]>> = {
  histogram: ['auto', 'heatmap', 'timeseries', 'table', 'number'],
  counter: ['auto', 'timeseries', 'table', 'number'],
  gauge: ['auto', 'timeseries', 'table', 'number'],
  average: ['auto', 'timeseries', 'table', 'number'],
  stacks: ['auto', 'flamegraph', 'timeseries', 'table', 'number'],
  events: ['auto', 'table', 'number'],
};
/** And the panels that draw a format. */
const PANELS: Readonly<Record<string, readonly Format[]>> = {
  heatmap: ['auto', 'heatmap'],
  timeseries: ['auto', 'timeseries'],
  stat: ['timeseries', 'number'],
  table: ['table'],
  flamegraph: ['flamegraph'],
};

function accepted(model: Record<string, unknown>): BpfQuery {
  const query = migrateQuery(model);
  // Complete and current: migration has nothing to add or change.
  expect(model).toMatchObject(query);
  expect(query.mode).toBe('metric');
  expect([...catalog.keys()]).toContain(query.metric);
  expect(FITS[catalog.get(query.metric)?.kind ?? '']).toContain(query.format);
  return query;
}

test('the data source: token and address from the environment, nothing secret in the file', () => {
  expect(source).toMatchObject({ type: PLUGIN, url: '$BPFSCOPE_URL', secureJsonData: { token: '$BPFSCOPE_TOKEN' } });
  expect(source?.jsonData).toMatchObject({ customQueryRole: 'Editor', timeoutMs: 30_000 });
  expect(migrateSettings(source?.jsonData)).toMatchObject(source?.jsonData ?? {});
});

describe.each(dashboards)('dashboard $file', ({ dashboard }) => {
  test('every query is one that the plugin accepts, in a panel that can draw it', () => {
    for (const { type, targets } of dashboard.panels) {
      for (const target of targets) {
        expect(target.datasource).toEqual({ type: PLUGIN, uid: source?.uid });
        expect(PANELS[type]).toContain(accepted(target).format);
      }
    }
  });

  test('panels have ids of their own and do not overlap', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const cells = new Set<string>();
    for (const { gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(cells.has(`${x},${y}`)).toBe(false);
          cells.add(`${x},${y}`);
        }
      }
    }
  });
});

test('the alert rule: p99 of run queue latency above 50 ms for 1 m, as one number', () => {
  const [rule] = alerts.groups[0]?.rules ?? [];
  const [query, threshold] = rule?.data ?? [];
  expect(rule).toMatchObject({ condition: 'B', for: '1m' });
  expect(query).toMatchObject({ refId: 'A', datasourceUid: source?.uid, relativeTimeRange: { from: 60, to: 0 } });
  const model = accepted(query?.model ?? {});
  expect(model).toMatchObject({ metric: 'runq.latency', format: 'number', reducer: 'quantile', quantile: 0.99 });
  // The threshold is in the unit of the metric.
  expect(catalog.get(model.metric)?.unit).toBe('µs');
  expect(threshold).toMatchObject({
    datasourceUid: '__expr__',
    model: {
      refId: 'B',
      type: 'threshold',
      expression: 'A',
      conditions: [{ evaluator: { type: 'gt', params: [50_000] } }],
    },
  });
});

test('the alert rule leads to a panel that exists', () => {
  const annotations = alerts.groups[0]?.rules[0]?.annotations ?? {};
  const target = dashboards.find(({ dashboard }) => dashboard.uid === annotations['__dashboardUid__']);
  expect(target?.dashboard.panels.map(({ id }) => String(id))).toContain(annotations['__panelId__']);
});

test('docker-compose: what it mounts exists, and every variable of provisioning is set', () => {
  interface Service {
    volumes: string[];
    environment: Record<string, string>;
  }
  const { services } = yaml<{ services: Record<string, Service> }>('docker-compose.yml');
  expect(Object.keys(services).sort()).toEqual(['agent', 'grafana']);
  for (const volume of services['grafana']?.volumes ?? []) {
    const [from = ''] = volume.split(':');
    if (from.startsWith('./') && from !== './plugin/dist') expect(existsSync(join(root, from))).toBe(true);
  }
  const files = ['datasources', 'dashboards', 'alerting'].flatMap((folder) =>
    readdirSync(join(root, 'provisioning', folder)).map((file) => read('provisioning', folder, file)),
  );
  const used = files.flatMap((text) => [...text.matchAll(/\$(\w+)/g)].map(([, name]) => name ?? ''));
  expect(used.length).toBeGreaterThan(0);
  expect(Object.keys(services['grafana']?.environment ?? {})).toEqual(expect.arrayContaining([...new Set(used)]));
  expect(services['grafana']?.environment['GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS']).toBe(PLUGIN);
});

test('the container image starts what the agent’s package calls bpfscope', () => {
  const { bin } = JSON.parse(read('agent', 'package.json')) as { bin: { bpfscope: string } };
  expect(read('Dockerfile')).toContain(`"/opt/bpfscope/agent/${bin.bpfscope}"`);
});
