/** Start of the workbench page: the globals that the @grafana packages read while they load, then the page itself. */
import type { BootData } from '../boot-data.ts';

declare global {
  interface Window {
    __grafana_public_path__: string;
    grafanaBootData: unknown;
    /** @grafana/runtime holds zod, which tries to compile with eval; the page's policy refuses that. */
    __zod_globalConfig: { jitless: boolean };
  }
}

async function start(): Promise<void> {
  const response = await fetch('/workbench/boot.json');
  if (!response.ok) throw new Error(`The workbench's server answered ${response.status} ${response.statusText}.`);
  const boot = (await response.json()) as BootData;
  window.__grafana_public_path__ = '/public/';
  window.grafanaBootData = {
    settings: {
      buildInfo: { version: boot.grafanaVersion, commit: '', env: 'production' },
      featureToggles: {},
      appSubUrl: '',
      appUrl: `${location.origin}/`,
      liveEnabled: false,
    },
    user: { orgRole: 'Admin', login: 'workbench', timezone: 'browser', lightTheme: false, locale: navigator.language },
    navTree: [],
  };
  window.__zod_globalConfig = { jitless: true };
  const { show } = await import('./show.tsx');
  await show(boot);
}

start().catch((error: unknown) => {
  const place = document.getElementById('root');
  if (place !== null) place.textContent = `The workbench cannot start. ${String(error)}`;
  throw error;
});
