import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decoderOf, symbolsOf } from './decoders.ts';
import { EMBEDDED } from './embedded.ts';
import { HostCatalog, tracepointsOf, type HostFacts } from './host-catalog.ts';
import { loadMetrics } from './load.ts';
import { CatalogError, checkUnique, parseMetric } from './parse.ts';

const FOLDER = fileURLToPath(new URL('./metrics/', import.meta.url));
const EVERYTHING: HostFacts = {
  hasTracepoint: () => true,
  hasField: () => true,
  hasMember: () => true,
  hasFeature: () => true,
  featureWords: (name) => name,
  hasFile: () => true,
};

describe('the shipped metrics', () => {
  it('are those of the folder, checked (npm run build, or node scripts/embed-catalog.mjs, brings them in)', () => {
    expect(EMBEDDED).toEqual(loadMetrics(FOLDER));
  });

  it('are named as their files, with a decoder that exists for each label', () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
    expect(EMBEDDED.map(({ name }) => `${name}.yaml`).sort()).toEqual(files.sort());
    for (const metric of EMBEDDED)
      for (const label of metric.labels ?? [])
        if (typeof label !== 'string') expect(() => decoderOf(label.decode)).not.toThrow();
  });

  it('hold what the issue asks for, under the names that other tools use', () => {
    const catalog = new HostCatalog(EMBEDDED, EVERYTHING);
    const names = [
      'runqlat',
      'bcc.runq.latency',
      'bpf.runq.latency',
      'ebpf_exporter_bio_latency_seconds',
      'biolatency',
      'execsnoop',
      'syscount',
      'opensnoop',
      'tcpretrans',
      'oomkill',
      'softirqs',
      'cpudist',
      'runqlen',
    ];
    for (const name of names) expect(catalog.find(name), name).not.toBeNull();
    expect(catalog.find('bcc.runq.latency')?.metric.name).toBe('runq.latency');
  });

  it('exclude the agent by the first positional parameter', () => {
    const catalog = new HostCatalog(EMBEDDED, EVERYTHING, 4711);
    for (const { metric, source } of catalog.all)
      if (source?.kind === 'query')
        expect(source.params, metric.name).toEqual(source.query.includes('$1') ? ['4711'] : []);
  });
});

describe('parseMetric', () => {
  const good = readFileSync(join(FOLDER, 'runq.length.yaml'), 'utf8');
  it.each([
    ['unit: short', 'unnit: short', /runq.yaml: .*/],
    ['name: runq.length', 'name: Runq Length', /runq.yaml: \/name/],
    ['kind: gauge', 'kind: heatmap', /runq.yaml: /],
    ['(?<value>', '(', /no group named "value"/],
    ['(?<value>', '((?<value>', /pattern/],
    ['alwaysOn: true', 'alwaysOn: false', /always-on/],
    ['name: runq.length', 'name: [', /runq.yaml: /],
  ])('names the file and what is wrong (%s -> %s)', (from, to, message) => {
    expect(good).toContain(from);
    expect(() => parseMetric(good.replace(from, to), 'runq.yaml')).toThrow(CatalogError);
    expect(() => parseMetric(good.replace(from, to), 'runq.yaml')).toThrow(message);
  });

  it('refuses one name for two metrics', () => {
    const metric = parseMetric(good, 'a.yaml');
    expect(() => checkUnique([metric, { ...metric, name: 'other', aliases: ['runqlen'] }])).toThrow(
      /"runqlen" names both/,
    );
  });
});

describe('HostCatalog', () => {
  it('takes the first variant that the host can run, and says what is missing', () => {
    const facts: HostFacts = {
      ...EVERYTHING,
      hasTracepoint: (category) => category !== 'exceptions' && category !== 'tcp',
    };
    const catalog = new HostCatalog(EMBEDDED, facts);
    expect(catalog.find('memory.faults')?.metric.query).toContain('software:page-faults');
    const retransmits = catalog.find('tcp.retransmits');
    expect(retransmits?.metric).toMatchObject({
      query: null,
      alwaysOn: false,
      unavailable: 'Needs the tracepoint tcp:tcp_retransmit_skb, which this kernel lacks.',
    });
  });

  it('names a field that this kernel lacks', () => {
    const catalog = new HostCatalog(EMBEDDED, { ...EVERYTHING, hasField: () => false });
    expect(catalog.find('net.drops')?.metric.unavailable).toBe(
      'Needs the field reason of the tracepoint skb:kfree_skb, which this kernel lacks.',
    );
  });

  it('suggests near names', () => {
    expect(new HostCatalog(EMBEDDED, EVERYTHING).suggest('runqueue latency runq')).toContain('runq.latency');
  });
});

describe('tracepointsOf', () => {
  it('finds full names once, whatever the spelling of the provider', () => {
    expect(tracepointsOf('t:a:b, tracepoint:a:b { } tracepoint:c:*')).toEqual(['tracepoint:a:b']);
  });
});

describe('symbolsOf', () => {
  const format = [
    'print fmt: "reason:%s x:%s", __print_symbolic(REC->reason, { 0, "flush on task switch" }, { 0x1, "remote" }), __print_symbolic(REC->x, { 0, "no" })',
    '',
  ].join('\n');
  it('reads one field and stops at the next', () => {
    expect([...symbolsOf(format, 'reason')]).toEqual([
      [0, 'flush on task switch'],
      [1, 'remote'],
    ]);
    expect([...symbolsOf(format, 'x')]).toEqual([[0, 'no']]);
    expect([...symbolsOf(format, 'y')]).toEqual([]);
  });
});
