/** Arrow frames back to plain frames, as Grafana's server would read them. */
import { RecordBatchReader, Type, type Field as ArrowField } from 'apache-arrow';
import type { Field, FieldType, FieldValue, Frame } from '../shared/index.ts';

const TYPES: Readonly<Partial<Record<Type, FieldType>>> = {
  [Type.Timestamp]: 'time',
  [Type.Utf8]: 'string',
  [Type.Bool]: 'boolean',
  [Type.Float]: 'number',
  [Type.Int]: 'number',
};

function typeOf(field: ArrowField): FieldType {
  const type = TYPES[field.typeId as Type];
  if (type === undefined) throw new Error(`Grafana cannot read the Arrow type ${String(field.type)} of ${field.name}`);
  return type;
}

const parsed = <T>(text: string | undefined): T | undefined => (text ? (JSON.parse(text) as T) : undefined);

/** Grafana's server has a number where its browser has text, and refuses the whole answer. */
function checkMeta(meta: Frame['meta']): void {
  for (const notice of meta?.notices ?? []) {
    if ('inspect' in notice && typeof notice.inspect !== 'number') {
      throw new Error(`Grafana's server cannot read a notice with inspect ${String(notice.inspect)}`);
    }
  }
}

/** Throws on what Grafana's reader refuses. */
export function decodeArrow(bytes: Uint8Array): Frame {
  // The schema as it is written: that of a batch takes fields of one name for one field.
  const reader = RecordBatchReader.from(bytes).open();
  const { schema } = reader;
  const batches = [...reader];
  const fields = schema.fields.map((field, index): Field => {
    const type = typeOf(field);
    const values: FieldValue[] = [];
    for (const batch of batches) {
      const column = batch.getChildAt(index);
      // Timestamps come back in milliseconds whatever their unit.
      for (const value of column ?? []) values.push(typeof value === 'bigint' ? Number(value) : (value as FieldValue));
    }
    const labels = parsed<Record<string, string>>(field.metadata.get('labels'));
    const config = parsed<NonNullable<Field['config']>>(field.metadata.get('config'));
    return { name: field.name, type, values, ...(labels ? { labels } : {}), ...(config ? { config } : {}) };
  });
  const meta = parsed<NonNullable<Frame['meta']>>(schema.metadata.get('meta'));
  checkMeta(meta);
  const name = schema.metadata.get('name') ?? '';
  return { name, refId: schema.metadata.get('refId') ?? '', fields, ...(meta ? { meta } : {}) };
}
