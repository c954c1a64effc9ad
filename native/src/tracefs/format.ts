/**
 * The `format` file of a tracepoint (kernel: Documentation/trace/events.rst): name, id and the fields of its record.
 * Pure; the reader of files is in events.ts.
 */
export interface FormatField {
  /** C type as written, without the array suffix: `const char *`, `unsigned long`, `__data_loc char[]`. */
  readonly type: string;
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
  /** Elements of a fixed array; null when it is none. */
  readonly count: number | null;
}

export interface Format {
  readonly name: string;
  readonly id: number;
  /** All fields, common_* included. */
  readonly fields: readonly FormatField[];
}

const FIELD =
  /^\s*field:(?<declaration>[^;]+);\s*offset:(?<offset>\d+);\s*size:(?<size>\d+);(?:\s*signed:(?<signed>[01]);)?/;
const DECLARATION = /^(?<type>.*?[\s*\]])(?<name>[A-Za-z_]\w*)(?:\[(?<count>[^\]]*)\])?$/;

/** Lines that are no field are skipped; a field line that cannot be read is left out, as the kernel adds forms now and then. */
export function parseFormat(text: string): Format {
  const fields: FormatField[] = [];
  for (const line of text.split('\n')) {
    const field = FIELD.exec(line)?.groups;
    if (field === undefined) continue;
    const declaration = DECLARATION.exec(field['declaration']!.trim())?.groups;
    if (declaration === undefined) continue;
    const size = Number(field['size']);
    fields.push({
      type: declaration['type']!.trim(),
      name: declaration['name']!,
      offset: Number(field['offset']),
      size,
      signed: field['signed'] === '1',
      count: declaration['count'] === undefined ? null : Number.parseInt(declaration['count'], 10) || 0,
    });
  }
  return {
    name: /^name:\s*(.*)$/m.exec(text)?.[1]?.trim() ?? '',
    id: Number(/^ID:\s*(\d+)$/m.exec(text)?.[1] ?? 0),
    fields,
  };
}
