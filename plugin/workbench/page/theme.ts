/** Grafana's own themes; the choice is kept in the browser. */
import { createTheme, type GrafanaTheme2 } from '@grafana/data';
import { config } from '@grafana/runtime';

export type Mode = 'dark' | 'light';

const KEY = 'bpfscope.workbench.theme';

export function savedMode(): Mode {
  return localStorage.getItem(KEY) === 'light' ? 'light' : 'dark';
}

export function makeTheme(mode: Mode): GrafanaTheme2 {
  localStorage.setItem(KEY, mode);
  const theme = createTheme({ colors: { mode } });
  // Some components read the theme from here instead of from their context.
  config.theme2 = theme;
  return theme;
}
