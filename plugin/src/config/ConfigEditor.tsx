/** The data source's settings. The token goes to Grafana's encrypted store and never comes back to the browser. */
import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import {
  Alert,
  Combobox,
  Field,
  FieldSet,
  Input,
  SecretInput,
  SecretTextArea,
  Switch,
  type ComboboxOption,
} from '@grafana/ui';
import { DEFAULT_URL, migrateSettings, type SecureSettings, type Settings } from '../../shared/index.ts';
import type { SavedSettings } from '../saved-settings.ts';
import { urlProblem } from './url-problem.ts';

type Props = DataSourcePluginOptionsEditorProps<SavedSettings, SecureSettings>;

const ROLES: ComboboxOption<Settings['customQueryRole']>[] = [
  { value: 'Viewer', label: 'Viewer', description: 'Everyone writes queries' },
  { value: 'Editor', label: 'Editor', description: 'Viewers see catalog metrics only' },
  { value: 'Admin', label: 'Admin', description: 'Editors see catalog metrics only' },
];

const CERTIFICATES: {
  name: keyof SecureSettings;
  label: string;
  when: 'tlsAuthWithCACert' | 'tlsAuth';
  placeholder: string;
}[] = [
  { name: 'tlsCACert', label: 'CA certificate', when: 'tlsAuthWithCACert', placeholder: '-----BEGIN CERTIFICATE-----' },
  { name: 'tlsClientCert', label: 'Client certificate', when: 'tlsAuth', placeholder: '-----BEGIN CERTIFICATE-----' },
  { name: 'tlsClientKey', label: 'Client key', when: 'tlsAuth', placeholder: '-----BEGIN PRIVATE KEY-----' },
];

export function ConfigEditor({ options, onOptionsChange }: Props) {
  const settings = migrateSettings(options.jsonData);
  const stored = options.secureJsonFields;
  const secrets = options.secureJsonData ?? {};
  const problem = urlProblem(options.url);

  const set = (part: Partial<Settings>) => onOptionsChange({ ...options, jsonData: { ...options.jsonData, ...part } });
  const setSecret = (name: keyof SecureSettings, value: string) =>
    onOptionsChange({ ...options, secureJsonData: { ...secrets, [name]: value } });
  const reset = (name: keyof SecureSettings) =>
    onOptionsChange({
      ...options,
      secureJsonFields: { ...stored, [name]: false },
      secureJsonData: { ...secrets, [name]: '' },
    });

  return (
    <>
      <FieldSet label="Agent">
        <Field
          noMargin={false}
          label="URL"
          htmlFor="bpfscope-url"
          description="Where Grafana's server reaches the agent"
          invalid={problem !== null}
          error={problem}
        >
          <Input
            id="bpfscope-url"
            width={60}
            value={options.url}
            placeholder={DEFAULT_URL}
            onChange={(event) => onOptionsChange({ ...options, url: event.currentTarget.value.trim() })}
          />
        </Field>
        <Field
          noMargin={false}
          label="Token"
          htmlFor="bpfscope-token"
          description="From the agent's token file; its role decides what may be asked"
        >
          <SecretInput
            id="bpfscope-token"
            width={60}
            isConfigured={stored?.['token'] === true}
            value={secrets.token ?? ''}
            placeholder="Token"
            autoComplete="off"
            onChange={(event) => setSecret('token', event.currentTarget.value.trim())}
            onReset={() => reset('token')}
          />
        </Field>
        <Field
          noMargin={false}
          label="Timeout"
          htmlFor="bpfscope-timeout"
          description="Seconds until an answer is given up"
        >
          <Input
            id="bpfscope-timeout"
            type="number"
            min={0.1}
            max={600}
            step="any"
            width={20}
            key={settings.timeoutMs}
            defaultValue={settings.timeoutMs / 1000}
            onBlur={(event) =>
              set({ timeoutMs: migrateSettings({ timeoutMs: Number(event.currentTarget.value) * 1000 }).timeoutMs })
            }
          />
        </Field>
      </FieldSet>
      <FieldSet label="Permissions">
        <Field
          noMargin={false}
          label="Who may write queries"
          htmlFor="bpfscope-role"
          description="Least Grafana role for queries outside the catalog; checked on the server"
        >
          <Combobox
            id="bpfscope-role"
            width={30}
            options={ROLES}
            value={settings.customQueryRole}
            onChange={(option) => set({ customQueryRole: option.value })}
          />
        </Field>
      </FieldSet>
      <FieldSet label="TLS">
        <Field
          noMargin={false}
          label="Own certificate authority"
          htmlFor="bpfscope-ca"
          description="Check the agent against a CA certificate given here"
        >
          <Switch
            id="bpfscope-ca"
            value={settings.tlsAuthWithCACert}
            onChange={(event) => set({ tlsAuthWithCACert: event.currentTarget.checked })}
          />
        </Field>
        <Field
          noMargin={false}
          label="Client certificate"
          htmlFor="bpfscope-client"
          description="Show a certificate to the agent"
        >
          <Switch
            id="bpfscope-client"
            value={settings.tlsAuth}
            onChange={(event) => set({ tlsAuth: event.currentTarget.checked })}
          />
        </Field>
        {CERTIFICATES.filter(({ when }) => settings[when]).map(({ name, label, placeholder }) => (
          <Field noMargin={false} key={name} label={label} htmlFor={`bpfscope-${name}`}>
            <SecretTextArea
              id={`bpfscope-${name}`}
              cols={60}
              rows={4}
              isConfigured={stored?.[name] === true}
              value={secrets[name] ?? ''}
              placeholder={placeholder}
              onChange={(event) => setSecret(name, event.currentTarget.value)}
              onReset={() => reset(name)}
            />
          </Field>
        ))}
        {(settings.tlsAuth || settings.tlsAuthWithCACert) && (
          <Field
            noMargin={false}
            label="Server name"
            htmlFor="bpfscope-server-name"
            description="Name in the agent's certificate, when it is not that of the URL"
          >
            <Input
              id="bpfscope-server-name"
              width={40}
              value={settings.serverName}
              onChange={(event) => set({ serverName: event.currentTarget.value.trim() })}
            />
          </Field>
        )}
        <Field
          noMargin={false}
          label="Skip verification"
          htmlFor="bpfscope-skip"
          description="Accept any certificate: anyone between can read the token"
        >
          <Switch
            id="bpfscope-skip"
            value={settings.tlsSkipVerify}
            onChange={(event) => set({ tlsSkipVerify: event.currentTarget.checked })}
          />
        </Field>
        {settings.tlsSkipVerify && <Alert severity="warning" title="The agent's certificate is not checked" />}
      </FieldSet>
    </>
  );
}
