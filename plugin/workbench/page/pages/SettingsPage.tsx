/**
 * The plugin's settings form as Grafana shows it. What is typed stays in the page: the workbench reads
 * provisioning/datasources and saves nothing. "Test" asks the provisioned data source.
 */
import { css } from '@emotion/css';
import type { DataSourceApi, DataSourcePlugin, DataSourceSettings, GrafanaTheme2 } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { Alert, Button, useStyles2, type AlertVariant } from '@grafana/ui';
import { useState } from 'react';
import type { BootDataSource } from '../../boot-data.ts';

interface Result {
  severity: AlertVariant;
  message: string;
  details: string;
}

export function SettingsPage({
  plugin,
  sources,
}: {
  plugin: DataSourcePlugin<DataSourceApi>;
  sources: BootDataSource[];
}) {
  const styles = useStyles2(getStyles);
  const source = sources.find(({ isDefault }) => isDefault) ?? sources[0];
  const [options, setOptions] = useState<DataSourceSettings | undefined>(source && toSettings(source));
  const [result, setResult] = useState<Result>();
  const Editor = plugin.components.ConfigEditor;
  if (source === undefined || options === undefined) {
    return <Alert severity="info" title="There is no data source in provisioning/datasources" />;
  }
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1 className={styles.title}>{source.name}</h1>
        <Button size="sm" onClick={() => void test(source.uid).then(setResult)}>
          Test
        </Button>
      </div>
      {result !== undefined && (
        <Alert severity={result.severity} title={result.message}>
          {result.details}
        </Alert>
      )}
      <Alert severity="info" title="Read from provisioning/datasources: changes made here are not kept" />
      {Editor !== undefined && <Editor options={options} onOptionsChange={setOptions} />}
    </div>
  );
}

async function test(uid: string): Promise<Result> {
  try {
    const api = await getDataSourceSrv().get({ uid });
    const { status, message, details } = (await api.testDatasource()) as {
      status: string;
      message: string;
      details?: { verboseMessage?: string };
    };
    return { severity: status === 'success' ? 'success' : 'error', message, details: details?.verboseMessage ?? '' };
  } catch (error) {
    const { message, details } = error as { message?: string; details?: { verboseMessage?: string } };
    return { severity: 'error', message: message ?? String(error), details: details?.verboseMessage ?? '' };
  }
}

/** Grafana's settings object; the fields a data source of ours never uses are empty. */
function toSettings(source: BootDataSource): DataSourceSettings {
  return {
    ...source,
    orgId: 1,
    typeName: 'bpfscope',
    typeLogoUrl: '',
    access: 'proxy',
    user: '',
    database: '',
    basicAuth: false,
    basicAuthUser: '',
    readOnly: true,
    withCredentials: false,
  };
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ maxWidth: 760 }),
  head: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(2), marginBottom: theme.spacing(1) }),
  title: css({ margin: 0, fontSize: theme.typography.h4.fontSize }),
});
