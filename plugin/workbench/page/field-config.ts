/**
 * The field settings that dashboards use (unit, decimals, thresholds, ...), registered as Grafana registers them, so that
 * `applyFieldOverrides` of @grafana/data knows them.
 */
import {
  FieldConfigOptionsRegistry,
  identityOverrideProcessor,
  standardFieldConfigEditorRegistry,
  type FieldConfigPropertyItem,
} from '@grafana/data';

const PATHS = [
  'unit',
  'decimals',
  'displayName',
  'min',
  'max',
  'noValue',
  'color',
  'thresholds',
  'mappings',
  'links',
  'filterable',
] as const;
const CUSTOM_PATHS = [
  'drawStyle',
  'lineWidth',
  'fillOpacity',
  'gradientMode',
  'lineInterpolation',
  'showPoints',
  'pointSize',
  'spanNulls',
  'stacking',
  'axisLabel',
  'axisPlacement',
  'axisSoftMin',
  'axisSoftMax',
  'scaleDistribution',
  'barAlignment',
  'hideFrom',
  'cellOptions',
  'width',
  'align',
] as const;

const item = (path: string, isCustom: boolean): FieldConfigPropertyItem => ({
  id: isCustom ? `custom.${path}` : path,
  path,
  name: path,
  isCustom,
  // There are no editors here: dashboards are only read.
  editor: () => null,
  override: () => null,
  process: identityOverrideProcessor,
  shouldApply: () => true,
  settings: {},
});

const items = () => [...PATHS.map((path) => item(path, false)), ...CUSTOM_PATHS.map((path) => item(path, true))];

export const fieldConfigRegistry = new FieldConfigOptionsRegistry(items);

export function registerFieldConfig(): void {
  standardFieldConfigEditorRegistry.setInit(items);
}
