/** Big numbers with their recent course. */
import { getFieldDisplayValues, type FieldConfigSource } from '@grafana/data';
import { BigValue, BigValueColorMode, BigValueGraphMode, BigValueTextMode, useTheme2 } from '@grafana/ui';
import { EmptyPanel } from './EmptyPanel.tsx';
import type { PanelProps } from './panel-props.ts';

const NO_OVERRIDES: FieldConfigSource = { defaults: {}, overrides: [] };

interface ReduceOptions {
  calcs?: string[];
  fields?: string;
  values?: boolean;
}

export function StatPanel({ frames, width, height, options }: PanelProps) {
  const theme = useTheme2();
  const reduce = (options['reduceOptions'] ?? {}) as ReduceOptions;
  const values = getFieldDisplayValues({
    data: frames,
    reduceOptions: {
      calcs: reduce.calcs ?? ['lastNotNull'],
      ...(reduce.fields !== undefined && { fields: reduce.fields }),
      values: reduce.values === true,
    },
    // Already applied to the frames.
    fieldConfig: NO_OVERRIDES,
    replaceVariables: (text) => text,
    theme,
    sparkline: options['graphMode'] !== 'none',
    timeZone: 'browser',
  }).filter((value) => value.hasLinks !== undefined || value.display.text !== '');
  if (values.length === 0) return <EmptyPanel frames={frames} wants="numbers" />;

  const tall = height > width / 2;
  const room = { width: tall ? width : width / values.length, height: tall ? height / values.length : height };
  return (
    <div style={{ display: 'flex', flexDirection: tall ? 'column' : 'row' }}>
      {values.map((value, index) => (
        <BigValue
          key={`${value.name}-${index}`}
          theme={theme}
          value={value.display}
          {...(value.sparkline && { sparkline: value.sparkline })}
          width={room.width}
          height={room.height}
          colorMode={(options['colorMode'] as BigValueColorMode | undefined) ?? BigValueColorMode.Value}
          graphMode={options['graphMode'] === 'none' ? BigValueGraphMode.None : BigValueGraphMode.Area}
          textMode={(options['textMode'] as BigValueTextMode | undefined) ?? BigValueTextMode.Auto}
        />
      ))}
    </div>
  );
}
