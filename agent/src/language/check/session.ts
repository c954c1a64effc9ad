/**
 * The state of one check over all passes: what is known of the program as a whole. A pass elaborates the whole program with
 * the types found so far; passes repeat until no type changes, and only what the last pass says counts.
 */
import type { Action, FormatPart } from '../action.ts';
import type * as ast from '../ast.ts';
import type { Config } from '../config.ts';
import { Diagnostics } from '../diagnostic.ts';
import type { Hint, Span } from '../diagnostic.ts';
import type { HirExpr, HirFunction, HirMap, HirStmt } from '../hir.ts';
import type { Target } from '../target.ts';
import type { Type } from '../types.ts';
import { elementTypes } from '../layout.ts';
import { typeName } from '../type-name.ts';
import type { Env } from './env.ts';
import type { CheckOptions } from './options.ts';
import { sameType } from './same-type.ts';
import { concrete, join } from './shape.ts';
import type { Shape } from './shape.ts';
import type { ScriptTypes } from './script-types.ts';
import { isUnknown, UNKNOWN } from './unknown.ts';

export interface MapState {
  readonly name: string;
  readonly span: Span;
  /** undefined until the first use with or without brackets. */
  keyed: boolean | undefined;
  key: Shape;
  value: Shape;
  assigned: boolean;
  readonly declaration: ast.MapDecl | null;
}

/** The kernel's verifier does not know any more what an address from a map points to: it is read as others are. */
function stored(type: Type): Type {
  if (type.kind === 'pointer' && type.space === 'bpf') return { ...type, space: 'kernel' };
  return type.kind === 'tuple' ? { kind: 'tuple', elements: type.elements.map(stored) } : type;
}

/** Of a variable or a map element. */
const isAddress = (shape: Shape): boolean => shape.kind === 'pointer' && shape.space === 'bpf';

/** The two mutually recursive halves, injected so that no file imports in a circle. */
export interface Elaborator {
  expression(env: Env, expr: ast.Expr): HirExpr;
  statements(env: Env, list: readonly ast.Stmt[], value: ast.Expr | null): HirStmt[];
}

export interface Definitions {
  readonly defines: ReadonlyMap<string, ast.Expr>;
  readonly macros: ReadonlyMap<string, readonly ast.MacroDef[]>;
  readonly functions: ReadonlyMap<string, ast.FunctionDef>;
}

/** What decides how a value of the type is printed. */
function detail(type: Type): string {
  const elements = elementTypes(type);
  if (elements !== null) return `${type.kind}(${elements.map(detail).join()})`;
  if (type.kind === 'timestamp') return `${type.clock} ${type.format}`;
  if (type.kind === 'kstack' || type.kind === 'ustack') return `${type.kind} ${type.mode} ${String(type.depth)}`;
  if (type.kind === 'cgroup_path') return `cgroup ${type.filter}`;
  return type.kind === 'struct' ? type.id : typeName(type);
}

/** A format as a key: macros may bring several formats to one place. */
function formatText(parts: readonly FormatPart[]): string {
  return parts
    .map((part) => part.literal + (part.spec === null ? '' : `%${part.spec.flags}${part.spec.conversion}`))
    .join('');
}

/** More elaborated nodes than any real query has: stops macro bombs. */
const MAX_NODES = 1_000_000;
const MAX_EXPANSIONS = 20_000;

/** Ends a check whose expansions exceed all bounds; the diagnostic is already there. */
export class TooLarge extends Error {}

export class Session {
  readonly maps = new Map<string, MapState>();
  private readonly variables = new Map<string, Shape>();
  /** Addresses of variables and maps, as the pass before found them: what they point to may have become wider since. */
  private readonly addresses = new Map<string, Shape>();
  /** Maps that hold such addresses, once this pass has stored one. */
  private readonly addressed = new Set<MapState>();
  diagnostics = new Diagnostics();
  hirMaps = new Map<string, HirMap>();
  private order = new Map<string, number>();
  functions = new Map<string, HirFunction | null>();
  actions: Action[] = [];
  private actionIndex = new Map<string, number>();
  private reported = new Set<string>();
  changed = false;
  /** The map or variable whose type changed last. */
  grown: { readonly name: string; readonly span: Span } | null = null;
  nextLocal = 0;
  nodes = 0;
  private expansions = 0;

  readonly target: Target;
  readonly config: Config;
  readonly options: CheckOptions;
  readonly definitions: Definitions;
  readonly types: ScriptTypes;
  readonly elaborator: Elaborator;

  constructor(
    target: Target,
    config: Config,
    options: CheckOptions,
    definitions: Definitions,
    types: ScriptTypes,
    elaborator: Elaborator,
  ) {
    this.target = target;
    this.config = config;
    this.options = options;
    this.definitions = definitions;
    this.types = types;
    this.elaborator = elaborator;
  }

  /** Facts of the host are missing (editor): what depends on them is neither known nor an error. */
  get blind(): boolean {
    return this.target.empty === true;
  }

  beginPass(): void {
    // Maps are numbered by name, the order in which they are printed at the end; the first pass finds the names.
    this.order = new Map([...this.hirMaps.keys()].sort().map((name, index) => [name, index]));
    this.diagnostics = new Diagnostics();
    this.hirMaps = new Map();
    this.functions = new Map();
    this.actions = [];
    this.actionIndex = new Map();
    this.reported = new Set();
    this.changed = false;
    this.nextLocal = 0;
    this.nodes = 0;
    this.expansions = 0;
    for (const [key, shape] of this.variables) {
      if (!isAddress(shape)) continue;
      this.addresses.set(key, shape);
      this.variables.delete(key);
    }
    this.addressed.clear();
  }

  error(code: string, span: Span, message: string, hint?: Hint): void {
    if (this.isNew(code, span, message)) this.diagnostics.error(code, span, message, hint);
  }

  warning(code: string, span: Span, message: string, hint?: Hint): void {
    if (this.options.quiet !== true && this.isNew(code, span, message)) {
      this.diagnostics.warning(code, span, message, hint);
    }
  }

  info(code: string, span: Span, message: string): void {
    if (this.options.quiet !== true && this.isNew(code, span, message)) this.diagnostics.info(code, span, message);
  }

  /** A body that is elaborated for many places says everything once. */
  private isNew(code: string, span: Span, message: string): boolean {
    if (this.diagnostics.isFull) return false;
    const key = `${code} ${String(span.start)} ${String(span.end)} ${message}`;
    if (this.reported.has(key)) return false;
    this.reported.add(key);
    return true;
  }

  /** Throws TooLarge when the program has grown beyond all bounds by expansion. */
  countNode(span: Span): void {
    this.nodes++;
    if (this.nodes > MAX_NODES) this.tooLarge(span);
  }

  /** Throws TooLarge after an absurd number of macro expansions. */
  countExpansion(span: Span): void {
    this.expansions++;
    if (this.expansions > MAX_EXPANSIONS) this.tooLarge(span);
  }

  private tooLarge(span: Span): never {
    this.error('program-too-large', span, 'The program is too large after the expansion of macros and wildcards.');
    throw new TooLarge();
  }

  map(name: string, span: Span): MapState {
    let state = this.maps.get(name);
    if (state === undefined) {
      state = { name, span, keyed: undefined, key: UNKNOWN, value: UNKNOWN, assigned: false, declaration: null };
      this.maps.set(name, state);
    }
    return state;
  }

  /** `let @m = lruhash(100);` */
  declareMap(declaration: ast.MapDecl): void {
    const { name, span } = declaration;
    this.maps.set(name, { name, span, keyed: undefined, key: UNKNOWN, value: UNKNOWN, assigned: false, declaration });
  }

  /** The map with the types known in this pass. */
  hirMap(state: MapState): HirMap {
    let map = this.hirMaps.get(state.name);
    if (map === undefined) {
      map = {
        index: this.indexOf(state.name),
        name: `@${state.name}`,
        key: state.keyed === true ? concrete(state.key, 'key') : null,
        value: stored(concrete(state.value, 'value')),
        maxEntries: this.maxEntries(state),
        declared: state.declaration?.mapType ?? null,
        span: state.span,
      };
      this.hirMaps.set(state.name, map);
    }
    return map;
  }

  private indexOf(name: string): number {
    let index = this.order.get(name);
    if (index === undefined) {
      index = this.order.size;
      this.order.set(name, index);
    }
    return index;
  }

  /** All maps by index. */
  allMaps(): HirMap[] {
    for (const name of this.order.keys()) this.hirMap(this.map(name, { start: 0, end: 0 }));
    return [...this.hirMaps.values()].sort((a, b) => a.index - b.index);
  }

  private maxEntries(state: MapState): number {
    if (state.declaration !== null) {
      const { maxEntries } = state.declaration;
      return maxEntries.kind === 'int' ? Number(maxEntries.value) : 1;
    }
    return state.keyed === true ? this.config.max_map_keys : 1;
  }

  /** Widens a map's key or value; reports when there is no common type. */
  widenMap(state: MapState, part: 'key' | 'value', shape: Shape, span: Span): boolean {
    if (part === 'value') state.assigned = true;
    const stale = part === 'value' && isAddress(state.value) && isAddress(shape) && !this.addressed.has(state);
    if (part === 'value' && isAddress(shape)) this.addressed.add(state);
    const joined = stale ? shape : join(state[part], shape);
    if (joined === null) {
      const [have, got] = [state[part], shape].map((one) => typeName(concrete(one, 'key')));
      const { value } = state;
      this.error(
        'type-mismatch',
        span,
        value.kind === 'aggregate' && shape.kind === 'aggregate' && have === got
          ? `Different arguments of ${value.of.kind}() for @${state.name}: a map has one set of buckets.`
          : part === 'key'
            ? `Argument mismatch for @${state.name}: trying to access with arguments of type ${String(got)}, but the map is keyed by ${String(have)}.`
            : `Type mismatch for @${state.name}: trying to assign a value of type ${String(got)} when the map already contains ${String(have)}.`,
      );
      return false;
    }
    if (!sameType(joined, state[part])) {
      state[part] = joined;
      this.changed = true;
      this.grown = { name: `@${state.name}`, span };
    }
    return true;
  }

  /** Variables that are assigned somewhere in a body, and those that are also used outside of that block. */
  private readonly assigned = new Set<string>();
  private readonly escaping = new Set<string>();

  noteAssigned(path: string, name: string): void {
    this.assigned.add(`${path} ${name}`);
  }

  /** Whether the variable lives in its whole body, because it is used outside of the block that first assigns it. */
  escapes(path: string, name: string): boolean {
    return this.escaping.has(`${path} ${name}`);
  }

  /** False when nothing before assigns the variable: making it live longer would not help. */
  letEscape(path: string, name: string): boolean {
    const key = `${path} ${name}`;
    if (!this.assigned.has(key) || this.escaping.has(key)) return false;
    this.escaping.add(key);
    this.changed = true;
    return true;
  }

  variable(key: string): Shape {
    return this.variables.get(key) ?? this.addresses.get(key) ?? UNKNOWN;
  }

  widenVariable(key: string, name: string, shape: Shape, span: Span): boolean {
    const known = this.variables.get(key) ?? UNKNOWN;
    const joined = join(known, shape);
    if (joined === null) {
      this.error(
        'type-mismatch',
        span,
        `Type mismatch for $${name}: trying to assign a value of type ${typeName(concrete(shape, 'value'))} when the variable already has the type ${typeName(concrete(known, 'value'))}.`,
      );
      return false;
    }
    if (isUnknown(joined)) return true;
    if (!sameType(joined, this.variable(key))) {
      this.changed = true;
      this.grown = { name: `$${name}`, span };
    }
    this.variables.set(key, joined);
    return true;
  }

  /** Index of the action; the same call for several places is one action. */
  action(action: Action, args: readonly Type[]): number {
    const parameters = Object.values(action).map((value) => (typeof value === 'object' ? '' : String(value)));
    const format =
      'format' in action ? (typeof action.format === 'string' ? action.format : formatText(action.format)) : '';
    const key = `${String(action.span.start)} ${parameters.join(' ')} ${format} ${args.map(detail).join()}`;
    const known = this.actionIndex.get(key);
    if (known !== undefined) return known;
    this.actions.push(action);
    this.actionIndex.set(key, this.actions.length - 1);
    return this.actions.length - 1;
  }
}
