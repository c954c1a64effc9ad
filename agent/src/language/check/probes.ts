/**
 * Probes: one body and its places. A body that does not depend on its place is elaborated once and shared by all of
 * them (and attached in one go where the kernel can), else once for each kind of place.
 */
import type * as ast from '../ast.ts';
import type { AttachKind, ResolvedProbe } from '../attach.ts';
import type { HirBlock, HirProbe, HirStmt } from '../hir.ts';
import type { ProviderRow } from '../tables/probes/index.ts';
import { BOOL, UINT32 } from '../types.ts';
import type { AddressSpace, StructType } from '../types.ts';
import type { ResolvedPoint } from './attach/resolve.ts';
import { constant } from './build.ts';
import { builtinExpr } from './builtins.ts';
import { condition } from './convert.ts';
import { Env } from './env.ts';
import type { Place } from './env.ts';
import type { PlaceFacts } from './place-facts.ts';
import { spaceOfSite } from './place-facts.ts';
import { Scope } from './scope.ts';
import type { Session } from './session.ts';
import { isUnknown } from './unknown.ts';
import { escapingZeros } from './zero.ts';

export interface ProbeGroup {
  readonly probe: ast.Probe;
  readonly index: number;
  readonly row: ProviderRow;
  readonly space: AddressSpace;
  /** Empty when the host is not known or has no such probe. */
  readonly sites: readonly ResolvedProbe[];
}

/** Kinds that cannot filter by process themselves. */
const FILTERED: ReadonlySet<AttachKind> = new Set([
  ...(['kprobe', 'fentry', 'tracepoint', 'rawtracepoint'] as const),
  ...(['profile', 'software', 'hardware', 'watchpoint'] as const),
]);

/** An address of user space means another variable in every process: that of the command, when there is one. */
const USER_END = 1n << 63n;

function onlyProcess({ options }: Session, { kind, probe }: Place): number | null {
  if (kind === 'function' || !FILTERED.has(kind)) return null;
  if (options.pid !== undefined && options.pid !== null) return options.pid;
  const site = probe?.site;
  return site?.kind === 'watchpoint' && site.address < USER_END ? (options.cpid ?? null) : null;
}

/** Sites of one probe that may run one program: same kind, same default address space. */
export function groupSites(
  session: Session,
  probe: ast.Probe,
  index: number,
  points: readonly ResolvedPoint[],
): ProbeGroup[] {
  const groups = new Map<
    string,
    { readonly row: ProviderRow; readonly space: AddressSpace; readonly sites: ResolvedProbe[] }
  >();
  // A body without a place is still checked: its mistakes are worth saying, and other probes count on its maps.
  const nowhere = session.blind || points.every((point) => point.probes.length === 0);
  for (const { row, probes } of points) {
    const sites: (ResolvedProbe | null)[] = probes.length > 0 ? [...probes] : nowhere ? [null] : [];
    for (const site of sites) {
      const space = site === null ? blindSpace(row) : spaceOfSite(site.site, session.options.pid ?? null);
      const key = `${row.name} ${space}`;
      const group = groups.get(key) ?? { row, space, sites: [] };
      groups.set(key, group);
      if (site !== null) group.sites.push(site);
    }
  }
  return [...groups.values()].map((group) => ({ probe, index, ...group }));
}

function blindSpace(row: ProviderRow): AddressSpace {
  return row.kind === 'uprobe' || row.kind === 'usdt' ? 'user' : 'kernel';
}

/** The bodies of one group, each with the sites that run it. */
export function elaborateGroup(session: Session, facts: PlaceFacts, group: ProbeGroup, firstIndex: number): HirProbe[] {
  const { sites, probe } = group;
  const [first] = sites;
  const { body, place } = elaborate(session, facts, group, first ?? null, 0);
  const span = probe.span;
  if (first === undefined) return [];
  if (place.dependencies.size === 0 || sites.length === 1) return [{ index: firstIndex, probes: sites, body, span }];
  const buckets = new Map<string, ResolvedProbe[]>();
  for (const site of sites) {
    const signature = facts.signature(site, place.dependencies);
    const bucket = buckets.get(signature);
    if (bucket === undefined) buckets.set(signature, [site]);
    else bucket.push(site);
  }
  return [...buckets.values()].map((probes, i) => {
    const [one] = probes;
    const own = i === 0 || one === undefined ? body : elaborate(session, facts, group, one, i).body;
    return { index: firstIndex + i, probes, body: own, span };
  });
}

function elaborate(
  session: Session,
  facts: PlaceFacts,
  group: ProbeGroup,
  site: ResolvedProbe | null,
  copy: number,
): { readonly body: HirBlock; readonly place: Place } {
  const { probe, row } = group;
  let args: StructType | null | undefined;
  const place: Place = {
    kind: row.kind,
    returns: row.returns,
    probe: site,
    sites: group.sites,
    space: group.space,
    dependencies: new Set(),
    get args() {
      args ??= site === null ? null : facts.args(site);
      return args;
    },
  };
  const env = new Env({
    session,
    place,
    scope: new Scope(null),
    path: `${String(group.index)}.${row.name}.${group.space}.${String(copy)}`,
    loops: [],
    prelude: null,
    returns: null,
    macros: [],
  });
  return { body: { statements: guarded(env, probe) }, place };
}

/** The body inside of its filters. */
function guarded(env: Env, probe: ast.Probe): HirStmt[] {
  const { session, place } = env;
  let statements: HirStmt[];
  if (probe.predicate === null) {
    statements = env.statements(probe.body);
  } else {
    const cond = condition(env, env.expression(probe.predicate));
    const then: HirBlock = { statements: env.nested().statements(probe.body) };
    if (isUnknown(cond.type)) return [];
    statements =
      cond.kind === 'const'
        ? cond.value === 0n
          ? []
          : [...then.statements]
        : [{ kind: 'if', cond, then, else: null, span: probe.predicate.span }];
  }
  statements = [...escapingZeros(env.scope, probe.span), ...statements];
  const pid = onlyProcess(session, place);
  if (pid === null) return statements;
  const { span } = probe;
  return [
    {
      kind: 'if',
      cond: {
        kind: 'compare',
        type: BOOL,
        op: '==',
        left: builtinExpr('pid', UINT32, span),
        right: constant(BigInt(pid), UINT32, span),
        span,
      },
      then: { statements },
      else: null,
      span,
    },
  ];
}
