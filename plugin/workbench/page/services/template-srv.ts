/** Grafana's variables: the workbench has none but those of the panel's own request (`$__interval`, ...). */
import type { ScopedVars } from '@grafana/data';
import type { TemplateSrv } from '@grafana/runtime';

const PLACE = /\$\{(\w+)(?:\.[^}:]*)?(?::([^}]*))?\}|\$(\w+)/g;

export class WorkbenchTemplateSrv implements TemplateSrv {
  getVariables() {
    return [];
  }

  replace(text = '', scopedVars: ScopedVars = {}): string {
    return text.replace(
      PLACE,
      (place: string, braced: string | undefined, _format: string | undefined, plain: string | undefined) => {
        const value: unknown = scopedVars[braced ?? plain ?? '']?.value;
        return value === undefined ? place : String(value);
      },
    );
  }

  containsTemplate(): boolean {
    return false;
  }

  updateTimeRange(): void {}
}
