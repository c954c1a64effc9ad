/** Grafana's registry of data sources: those of provisioning/, all of our plugin. */
import type { DataSourceApi, DataSourceInstanceSettings, DataSourcePlugin, DataSourceRef } from '@grafana/data';
import type { DataSourceSrv } from '@grafana/runtime';

export class WorkbenchDataSourceSrv implements DataSourceSrv {
  private readonly settings: readonly DataSourceInstanceSettings[];
  private readonly plugin: DataSourcePlugin<DataSourceApi>;
  private readonly instances = new Map<string, DataSourceApi>();

  constructor(settings: readonly DataSourceInstanceSettings[], plugin: DataSourcePlugin<DataSourceApi>) {
    this.settings = settings;
    this.plugin = plugin;
  }

  async get(ref?: DataSourceRef | string | null): Promise<DataSourceApi> {
    const settings = this.getInstanceSettings(ref);
    if (settings === undefined)
      throw new Error(`There is no data source ${JSON.stringify(ref)} in provisioning/datasources.`);
    return this.instance(settings);
  }

  getList(): DataSourceInstanceSettings[] {
    return [...this.settings];
  }

  /** By uid or name; no reference, or the template of an exported dashboard, means the default one. */
  getInstanceSettings(ref?: DataSourceRef | string | null): DataSourceInstanceSettings | undefined {
    const name = typeof ref === 'string' ? ref : (ref?.uid ?? '');
    if (name === '' || name.startsWith('$')) return this.settings.find((one) => one.isDefault) ?? this.settings[0];
    return this.settings.find((one) => one.uid === name || one.name === name);
  }

  async reload(): Promise<void> {}

  registerRuntimeDataSource(): void {
    throw new Error('The workbench has only the data sources of provisioning/.');
  }

  private instance(settings: DataSourceInstanceSettings): DataSourceApi {
    const known = this.instances.get(settings.uid);
    if (known !== undefined) return known;
    const made = new this.plugin.DataSourceClass(settings);
    // What Grafana's own loader adds to an instance.
    made.components = this.plugin.components;
    made.meta = settings.meta;
    this.instances.set(settings.uid, made);
    return made;
  }
}
