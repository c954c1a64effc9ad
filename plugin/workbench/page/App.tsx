/** The page's frame: navigation, the agent's state, and the routes. */
import { css } from '@emotion/css';
import { ThemeContext, type DataSourceApi, type DataSourcePlugin, type GrafanaTheme2 } from '@grafana/data';
import { GlobalStyles, IconButton, PortalContainer, useStyles2 } from '@grafana/ui';
import { useMemo, useState } from 'react';
import { BrowserRouter, NavLink, Redirect, Route, Switch } from 'react-router-dom';
import type { BootData } from '../boot-data.ts';
import { AgentState } from './AgentState.tsx';
import { DashboardPage } from './pages/DashboardPage.tsx';
import { ExplorePage } from './pages/ExplorePage.tsx';
import { SettingsPage } from './pages/SettingsPage.tsx';
import { makeTheme, savedMode, type Mode } from './theme.ts';

interface Props {
  boot: BootData;
  plugin: DataSourcePlugin<DataSourceApi>;
}

export function App(props: Props) {
  const [mode, setMode] = useState<Mode>(savedMode);
  const theme = useMemo(() => makeTheme(mode), [mode]);
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <BrowserRouter>
        <Frame {...props} mode={mode} onMode={setMode} />
      </BrowserRouter>
      <PortalContainer />
    </ThemeContext.Provider>
  );
}

function Frame({ boot, plugin, mode, onMode }: Props & { mode: Mode; onMode: (mode: Mode) => void }) {
  const styles = useStyles2(getStyles);
  const first = boot.dashboards[0];
  const other = mode === 'dark' ? 'light' : 'dark';
  return (
    <div className={styles.frame}>
      <header className={styles.bar}>
        <img src="/public/plugins/bpfscope-datasource/img/logo.svg" alt="" width={22} height={22} />
        <span className={styles.name}>bpfscope</span>
        <nav className={styles.nav} aria-label="Pages">
          {boot.dashboards.map(({ uid, title }) => (
            <NavLink key={uid} to={`/d/${uid}`} activeClassName={styles.active}>
              {title}
            </NavLink>
          ))}
          <NavLink to="/explore" activeClassName={styles.active}>
            Explore
          </NavLink>
          <NavLink to="/settings" activeClassName={styles.active}>
            Data source
          </NavLink>
        </nav>
        <span className={styles.space} />
        <AgentState />
        <IconButton
          name="adjust-circle"
          size="md"
          aria-label={`Switch to the ${other} theme`}
          onClick={() => onMode(other)}
        />
      </header>
      <main className={styles.main}>
        <Switch>
          <Route
            path="/d/:uid"
            render={({ match }) => <DashboardPage key={match.params.uid} uid={match.params.uid ?? ''} />}
          />
          <Route path="/explore" component={ExplorePage} />
          <Route path="/settings" render={() => <SettingsPage plugin={plugin} sources={boot.dataSources} />} />
          <Redirect to={first === undefined ? '/explore' : `/d/${first.uid}`} />
        </Switch>
      </main>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  frame: css({ display: 'flex', flexDirection: 'column', minHeight: '100vh' }),
  bar: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1.5),
    padding: theme.spacing(0, 2),
    height: 44,
    background: theme.colors.background.primary,
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    position: 'sticky',
    top: 0,
    zIndex: theme.zIndex.navbarFixed,
  }),
  name: css({ fontWeight: theme.typography.fontWeightMedium, fontSize: theme.typography.h5.fontSize }),
  nav: css({
    display: 'flex',
    alignSelf: 'stretch',
    marginLeft: theme.spacing(2),
    a: {
      display: 'flex',
      alignItems: 'center',
      padding: theme.spacing(0, 1.5),
      color: theme.colors.text.secondary,
      borderBottom: '2px solid transparent',
      '&:hover': { color: theme.colors.text.primary },
    },
  }),
  active: css({ '&&': { color: theme.colors.text.primary, borderBottomColor: theme.colors.warning.main } }),
  space: css({ flexGrow: 1 }),
  main: css({ flexGrow: 1, padding: theme.spacing(2), background: theme.colors.background.canvas }),
});
