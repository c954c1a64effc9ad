/** A table, by @grafana/ui. Several frames are several tables, of which one is shown. */
import { FieldType, getFieldDisplayName, type DataFrame } from '@grafana/data';
import { RadioButtonGroup, Table } from '@grafana/ui';
import { useState } from 'react';
import { EmptyPanel } from './EmptyPanel.tsx';
import { hasFields } from './frames.ts';
import type { PanelProps } from './panel-props.ts';

const CHOICE_PX = 34;

interface SortBy {
  displayName: string;
  desc?: boolean;
}

/** Events come oldest first; who looks at them live wants the newest. */
function newestFirst(table: DataFrame): SortBy[] {
  const time = table.fields[0];
  return time?.type === FieldType.time ? [{ displayName: getFieldDisplayName(time, table), desc: true }] : [];
}

export function TablePanel({ frames, width, height, title, options }: PanelProps) {
  const tables = frames.filter(hasFields);
  const names = tables.map((frame, index) => frame.name ?? `table ${index + 1}`);
  const [chosen, setChosen] = useState<string>();
  const index = Math.max(0, names.indexOf(chosen ?? ''));
  const table = tables[index];
  if (table === undefined) return <EmptyPanel frames={frames} wants="rows" />;

  const several = tables.length > 1 && tables.length <= 6;
  return (
    <>
      {several && (
        <div style={{ height: CHOICE_PX }}>
          <RadioButtonGroup
            size="sm"
            aria-label="Table"
            options={names.map((name) => ({ label: name, value: name }))}
            value={names[index] ?? ''}
            onChange={setChosen}
          />
        </div>
      )}
      <Table
        ariaLabel={title}
        data={table}
        width={width}
        height={several ? height - CHOICE_PX : height}
        initialSortBy={(options['sortBy'] as SortBy[] | undefined) ?? newestFirst(table)}
      />
    </>
  );
}
