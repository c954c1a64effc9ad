/** What the program defines before anything runs: C types, constants, macros, functions, maps. */
import type * as ast from '../ast.ts';
import type { Diagnostics } from '../diagnostic.ts';
import type { Report, ScriptTypes } from './script-types.ts';
import type { Definitions, Session } from './session.ts';

const MAP_TYPES: ReadonlySet<string> = new Set(['hash', 'lruhash', 'percpuhash', 'percpulruhash', 'percpuarray']);

export function collectDefinitions(program: ast.Program, types: ScriptTypes, diagnostics: Diagnostics): Definitions {
  const report: Report = (code, span, message, hint) => {
    diagnostics.error(code, span, message, hint);
  };
  const defines = new Map<string, ast.Expr>();
  for (const item of program.preamble) {
    if (!item.active) continue;
    if (item.kind === 'c-declaration') for (const def of item.types) types.define(def, report);
    else if (item.name === 'define' && item.define?.value) defines.set(item.define.name, item.define.value);
    else if (item.name === 'undef') defines.delete(item.text.replace(/^\s*#\s*undef\s+/, '').trim());
  }
  const macros = new Map<string, ast.MacroDef[]>();
  const functions = new Map<string, ast.FunctionDef>();
  for (const item of program.items) {
    if (item.kind === 'macro') {
      const same = macros.get(item.name);
      if (same === undefined) macros.set(item.name, [item]);
      else if (same.some((one) => signature(one) === signature(item))) {
        diagnostics.error(
          'duplicate-macro',
          item.nameSpan,
          `The macro ${item.name} is already defined for these arguments.`,
        );
      } else same.push(item);
    } else if (item.kind === 'function') {
      if (functions.has(item.name))
        diagnostics.error('duplicate-function', item.nameSpan, `The function ${item.name} is already defined.`);
      else functions.set(item.name, item);
    }
  }
  return { defines, macros, functions };
}

const signature = (macro: ast.MacroDef): string => macro.params.map((param) => param.kind).join();

/** `let @m = lruhash(100);` */
export function declareMaps(program: ast.Program, session: Session, diagnostics: Diagnostics): void {
  for (const item of program.items) {
    if (item.kind !== 'map-decl') continue;
    if (session.maps.has(item.name)) {
      diagnostics.error('duplicate-map', item.span, `@${item.name} is already declared.`);
      continue;
    }
    if (!MAP_TYPES.has(item.mapType)) {
      diagnostics.error(
        'bad-map-type',
        item.typeSpan,
        `Invalid map type: ${item.mapType}.`,
        `The types are ${[...MAP_TYPES].join(', ')}.`,
      );
      continue;
    }
    const { maxEntries: size } = item;
    if (size.kind !== 'int' || size.value < 1n || size.value > 0x7fffffffn) {
      diagnostics.error('bad-map-size', size.span, 'The size of a map must be a literal integer greater than 0.');
      continue;
    }
    session.declareMap(item);
  }
}
