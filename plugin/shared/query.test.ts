import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_QUERY, isEmptyQuery, migrateQuery, queryDisplayText } from './query.ts';

test('anything becomes a complete query, and a complete query stays as it is', () => {
  fc.assert(
    fc.property(fc.anything(), (saved) => {
      const query = migrateQuery(saved);
      expect(Object.keys(query).sort()).toEqual(Object.keys(DEFAULT_QUERY).sort());
      expect(migrateQuery(query)).toEqual(query);
      expect(migrateQuery(JSON.parse(JSON.stringify(query)))).toEqual(query);
    }),
  );
});

test('a model with keys of ours of any type is survived', () => {
  const keys = fc.constantFrom(...Object.keys(DEFAULT_QUERY));
  fc.assert(
    fc.property(fc.dictionary(keys, fc.jsonValue()), (saved) => {
      const query = migrateQuery(saved);
      expect(query.limit).toBeGreaterThanOrEqual(1);
      expect(query.quantile).toBeGreaterThanOrEqual(0);
      expect(query.quantile).toBeLessThanOrEqual(1);
      expect(query.quantiles.length).toBeGreaterThan(0);
    }),
  );
});

test('a model by hand with only a query is code', () => {
  expect(migrateQuery({ query: 'BEGIN { }' }).mode).toBe('code');
  expect(migrateQuery({ metric: 'runq.latency' }).mode).toBe('metric');
  expect(migrateQuery({ metric: 'runq.latency', query: 'BEGIN { }', mode: 'code' }).mode).toBe('code');
});

test('numbers written as text are taken, nonsense is not', () => {
  expect(migrateQuery({ quantile: '0.9', limit: '7', threshold: 'many' })).toMatchObject({
    quantile: 0.9,
    limit: 7,
    threshold: 0,
  });
});

test('empty means that the part in use is empty', () => {
  expect(isEmptyQuery(migrateQuery({}))).toBe(true);
  expect(isEmptyQuery(migrateQuery({ mode: 'code', metric: 'x', query: ' \n' }))).toBe(true);
  expect(isEmptyQuery(migrateQuery({ metric: 'x' }))).toBe(false);
});

test('display text is one line', () => {
  expect(queryDisplayText(migrateQuery({ query: 'BEGIN {\n  exit();\n}' }))).toBe('BEGIN { exit(); }');
});
