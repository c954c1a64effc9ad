/** What programs do with maps that decides how user space empties them. */
import type { HirBlock, HirExpr, HirProgram } from '../language/hir.ts';
import { children, statementParts } from './lower/walk.ts';

/** Maps that programs read, count or delete from, by index: what is cleared has to be gone for them too. */
export function observedMaps({ probes }: HirProgram): ReadonlySet<number> {
  const found = new Set<number>();
  const walked = new Set<HirBlock>();
  const expression = (e: HirExpr): void => {
    if ('map' in e) found.add(e.map.index);
    if (e.kind === 'update' && e.place.kind === 'map') found.add(e.place.map.index);
    if (e.kind === 'block') block(e.block);
    if (e.kind === 'invoke') block(e.fn.body);
    for (const c of children(e)) expression(c);
  };
  const block = (body: HirBlock): void => {
    if (walked.has(body)) return;
    walked.add(body);
    for (const s of body.statements) {
      if (s.kind === 'for-map') found.add(s.map.index);
      const { expressions, blocks } = statementParts(s);
      for (const e of expressions) expression(e);
      for (const b of blocks) block(b);
    }
  };
  for (const { body } of probes) block(body);
  return found;
}

/** Maps that are cleared or set to zero, by index. */
export const clearedMaps = ({ actions }: HirProgram): ReadonlySet<number> =>
  new Set(actions.flatMap((action) => (action.kind === 'clear' || action.kind === 'zero' ? [action.map] : [])));

/** `clear` and `zero` in front of which the same run of the program always prints the whole map, by action. */
export function clearsOfPrinted({ probes, actions }: HirProgram): ReadonlySet<number> {
  const found = new Set<number>();
  const other = new Set<number>();
  const block = ({ statements }: HirBlock, before: ReadonlySet<number>): void => {
    const printed = new Set(before);
    for (const s of statements) {
      for (const inner of statementParts(s).blocks) block(inner, printed);
      if (s.kind !== 'emit') continue;
      const action = actions[s.action];
      if (action?.kind === 'print-map' && action.top === null) printed.add(action.map);
      if (action?.kind !== 'clear' && action?.kind !== 'zero') continue;
      (printed.has(action.map) ? found : other).add(s.action);
      printed.delete(action.map);
    }
  };
  for (const { body } of probes) block(body, new Set());
  for (const action of other) found.delete(action);
  return found;
}
