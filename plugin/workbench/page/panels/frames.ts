/** Which frames a panel can show, by the type that the data source declares. */
import { FieldType, type DataFrame } from '@grafana/data';

export const isHeatmap = (frame: DataFrame): boolean => frame.meta?.type === 'heatmap-rows';

export const isFlameGraph = (frame: DataFrame): boolean => frame.meta?.preferredVisualisationType === 'flamegraph';

export const isTimeSeries = (frame: DataFrame): boolean =>
  !isHeatmap(frame) &&
  frame.fields[0]?.type === FieldType.time &&
  String(frame.meta?.type) !== 'table' &&
  frame.fields.some((field) => field.type === FieldType.number);

/** Frames that have something to show; the one that only carries notices has no fields. */
export const hasFields = (frame: DataFrame): boolean => frame.fields.length > 0;
