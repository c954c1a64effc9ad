/** A text that is equal for expressions with equal values at two places, as long as nothing they read has changed. */
import type { HirExpr } from '../../language/hir.ts';

const STABLE_BUILTINS: ReadonlySet<string> = new Set(['pid', 'tid', 'uid', 'gid', 'comm', 'curtask', 'cgroup']);

/** null: not known to be equal to anything. A local is `$id;`, a map is `@index;`. */
export function keyOf(e: HirExpr): string | null {
  switch (e.kind) {
    case 'const':
      return `${e.value}`;
    case 'string':
      return JSON.stringify(e.value);
    case 'builtin':
      return STABLE_BUILTINS.has(e.name) ? `${e.name}(${e.param ?? ''})` : null;
    case 'local':
      return `$${e.local.id};`;
    case 'context':
      return 'args';
    case 'member': {
      if (e.object.kind !== 'context') return null;
      return `args.${e.field.offset}:${e.field.bits?.offset ?? ''}`;
    }
    case 'cast': {
      const inner = keyOf(e.operand);
      return inner === null ? null : `(${typeKey(e)})${inner}`;
    }
    case 'tuple': {
      const parts = e.elements.map(keyOf);
      return parts.includes(null) ? null : `(${parts.join()})`;
    }
    default:
      return null;
  }
}

const typeKey = (e: HirExpr): string =>
  e.type.kind === 'int' ? `${e.type.signed ? 's' : 'u'}${e.type.size}` : e.type.kind;
