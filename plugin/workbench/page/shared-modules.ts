/**
 * The modules that Grafana shares with plugins, registered in SystemJS under the same names, so that the built plugin
 * finds the page's own React and @grafana packages as it finds Grafana's.
 */
import 'systemjs/dist/system.js';
import 'systemjs/dist/extras/amd.js';
import * as emotionCss from '@emotion/css';
import * as emotionReact from '@emotion/react';
import * as grafanaData from '@grafana/data';
import * as grafanaRuntime from '@grafana/runtime';
import * as grafanaUi from '@grafana/ui';
import lodash from 'lodash';
import moment from 'moment';
import * as react from 'react';
import * as jsxRuntime from 'react/jsx-runtime';
import * as jsxDevRuntime from 'react/jsx-dev-runtime';
import * as reactDom from 'react-dom';
import * as rxjs from 'rxjs';
import * as rxjsOperators from 'rxjs/operators';

/** Functions that carry their module as properties: AMD code has to get the function itself. */
const asDefault = (module: unknown) => ({ default: module, __useDefault: true });

const MODULES: Record<string, object> = {
  '@emotion/css': emotionCss,
  '@emotion/react': emotionReact,
  '@grafana/data': grafanaData,
  '@grafana/runtime': grafanaRuntime,
  '@grafana/ui': grafanaUi,
  emotion: emotionCss,
  lodash: asDefault(lodash),
  moment: asDefault(moment),
  react,
  'react-dom': reactDom,
  'react/jsx-runtime': jsxRuntime,
  'react/jsx-dev-runtime': jsxDevRuntime,
  rxjs,
  'rxjs/operators': rxjsOperators,
};

export function shareModules(): void {
  const address = (name: string) => `${location.origin}/shared/${name}`;
  for (const [name, module] of Object.entries(MODULES)) System.set(address(name), module);
  const imports = Object.fromEntries(Object.keys(MODULES).map((name) => [name, address(name)]));
  System.addImportMap({ imports });
}
