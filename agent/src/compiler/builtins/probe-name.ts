/** The name of the probe: a literal where the program has one site, else a row of a table found by the site's cookie. */
import { sizeOf } from '../../language/layout.ts';
import type { Context } from '../lower/context.ts';
import { copy, storeBytes, type Memory } from '../lower/memory.ts';
import { literalBytes } from '../lower/module.ts';
import type { Builtin, BuiltinRow } from './row.ts';

const ALIGNMENT = 8;

/** null where the name is the same at all sites. */
function nameInTable(cx: Context, e: Builtin): Memory | null {
  if (cx.sites.length === 1) return null;
  const size = sizeOf(e.type);
  const base = cx.cache.reg(`probe${size}`, () => {
    const row = Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    // As many rows as the mask lets through, so that the verifier sees that none is outside.
    const rows = 2 ** Math.ceil(Math.log2(cx.sites.length));
    const table = new Uint8Array(rows * row);
    cx.sites.forEach(({ name }, n) => table.set(literalBytes(name, size), n * row));
    const index = cx.b.alu('and', cx.siteIndex(), BigInt(rows - 1));
    const offset = cx.b.alu('mul', index, BigInt(row));
    return cx.b.inReg(cx.b.alu('add', cx.b.mov(cx.module.constant(table)), offset));
  });
  return { space: 'bpf', base, offset: 0 };
}

export const PROBE_NAME: BuiltinRow = {
  value: () => {
    throw new Error('probe is an object');
  },
  into: (cx, e, to) => {
    const from = nameInTable(cx, e);
    if (from !== null) copy(cx, from, to, sizeOf(e.type));
    else storeBytes(cx, to, literalBytes(cx.sites[0]?.name ?? '', sizeOf(e.type)));
  },
  place: nameInTable,
};
