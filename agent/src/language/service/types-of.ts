/** What fields an expression has, as far as the text and the host tell without a full check: for completion and hover. */
import type { CType, CTypeDef, Expr, Program, TypeName } from '../ast.ts';
import { builtinRow } from '../tables/builtins.ts';
import { functionRow } from '../tables/functions/index.ts';
import { nodes } from '../walk.ts';
import type { Scope } from './context.ts';
import type { FieldFact, Facts } from './facts.ts';

const MAX_STEPS = 16;

export function spellType(type: TypeName): string {
  if (type.base.kind === 'typeof') return '';
  const { tag, name } = type.base;
  return (
    (tag === null ? name : `${tag} ${name}`) +
    type.suffixes.map((s) => (s === '*' ? ' *' : `[${s.count ?? ''}]`)).join('')
  );
}

/** `struct sock *` and `struct sock[2]` have the members of `struct sock`. */
function aggregate(spelling: string): string {
  return spelling
    .replace(/\bconst\b/g, '')
    .replace(/[*[\]\d]/g, '')
    .trim();
}

export class Types {
  private readonly scope: Scope;
  private readonly facts: Facts;

  constructor(scope: Scope, facts: Facts) {
    this.scope = scope;
    this.facts = facts;
  }

  /** Fields behind `object.`; empty when nothing is known. */
  async fields(object: Expr, steps = 0): Promise<readonly FieldFact[]> {
    if (steps > MAX_STEPS) return [];
    if (object.kind === 'ident' && object.name === 'args') return this.args();
    const record = object.kind === 'variable' || object.kind === 'map' ? this.assigned(object) : object;
    if (record !== null && typeof record !== 'string' && record.kind === 'record') {
      const fields = record.fields.map(async ({ name, value }) => ({
        name,
        type: (await this.described(value)) ?? '',
      }));
      return Promise.all(fields);
    }
    const type = await this.type(object, steps);
    return type === null ? [] : this.members(type);
  }

  /** C spelling of an expression's type. */
  async type(expr: Expr, steps = 0): Promise<string | null> {
    if (steps > MAX_STEPS) return null;
    switch (expr.kind) {
      case 'cast':
        return spellType(expr.type);
      case 'ident':
        return expr.name === 'curtask' ? 'struct task_struct *' : null;
      case 'member': {
        const fields = await this.fields(expr.object, steps + 1);
        return fields.find((field) => field.name === expr.name)?.type ?? null;
      }
      case 'unary':
        return expr.op === '*' || expr.op === '&' ? this.type(expr.operand, steps + 1) : null;
      case 'index':
        return this.type(expr.object, steps + 1);
      case 'variable':
      case 'map': {
        const value = this.assigned(expr);
        return value === null ? null : typeof value === 'string' ? value : this.type(value, steps + 1);
      }
      default:
        return null;
    }
  }

  /** For people: the C spelling, else how the language shows a builtin's, a literal's or a function's type. */
  async described(expr: Expr): Promise<string | null> {
    const spelled = await this.type(expr);
    if (spelled !== null && spelled !== '') return spelled;
    const value = expr.kind === 'variable' || expr.kind === 'map' ? this.assigned(expr) : expr;
    if (value === null || typeof value === 'string') return null;
    if (value.kind === 'int') return 'int64';
    if (value.kind === 'string') return 'string';
    if (value.kind === 'ident') return builtinRow(value.name)?.type ?? null;
    if (value.kind === 'call') return functionRow(value.name) === null ? null : `${value.name}()`;
    return null;
  }

  private async args(): Promise<readonly FieldFact[]> {
    for (const point of this.scope.probe?.attachPoints ?? []) {
      const fields = await this.facts.args(point.text);
      if (fields.length > 0) return fields;
    }
    return [];
  }

  async members(type: string): Promise<readonly FieldFact[]> {
    const name = aggregate(type);
    return scriptMembers(this.scope.program, name) ?? (await this.facts.members(name));
  }

  /** The first value or declared type given to a variable or map. */
  private assigned(expr: Extract<Expr, { kind: 'variable' | 'map' }>): Expr | string | null {
    const root = expr.kind === 'variable' && this.scope.probe !== null ? this.scope.probe : this.scope.program;
    for (const node of nodes(root)) {
      if (node.kind === 'let' && expr.kind === 'variable' && node.name === expr.name) {
        if (node.type !== null) return spellType(node.type);
        if (node.value !== null) return node.value;
      }
      if (
        node.kind === 'assign' &&
        node.op === '=' &&
        node.target.kind === expr.kind &&
        node.target.name === expr.name
      ) {
        return node.value;
      }
    }
    return null;
  }
}

/** The members of a struct that the script itself declares. */
function scriptMembers(program: Program, name: string): FieldFact[] | null {
  const bare = name.replace(/^(struct|union) /, '');
  for (const item of program.preamble) {
    if (item.kind !== 'c-declaration') continue;
    for (const def of item.types) if (def.name === bare && def.kind !== 'enum') return defMembers(def);
  }
  return null;
}

function defMembers(def: CTypeDef): FieldFact[] {
  if (def.kind === 'typedef') return def.type.kind === 'inline' ? defMembers(def.type.def) : [];
  if (def.kind === 'enum') return [];
  return def.members.flatMap((member) =>
    member.name === '' && member.type.kind === 'inline'
      ? defMembers(member.type.def)
      : [{ name: member.name, type: spellCType(member.type) }],
  );
}

export function spellCType(type: CType): string {
  switch (type.kind) {
    case 'name':
      return type.name;
    case 'tagged':
      return `${type.tag} ${type.name}`;
    case 'inline':
      return type.def.kind === 'typedef' ? type.def.name : `${type.def.kind} { ... }`;
    case 'pointer':
      return type.to.kind === 'function' ? 'function *' : `${spellCType(type.to)} *`;
    case 'function':
      return 'function';
    case 'array':
      return `${spellCType(type.of)}[${type.count ?? ''}]`;
  }
}
