/** The IR as text, for `-d ir` and tests. */
import type { Base, Fn, Insn, Operand, Terminator } from './instruction.ts';

const SYMBOLS: Readonly<Record<string, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  mod: '%',
  and: '&',
  or: '|',
  xor: '^',
  lsh: '<<',
  rsh: '>>',
  arsh: 's>>',
  jeq: '==',
  jne: '!=',
  jgt: '>',
  jge: '>=',
  jlt: '<',
  jle: '<=',
  jsgt: 's>',
  jsge: 's>=',
  jslt: 's<',
  jsle: 's<=',
  jset: '&',
};

function operand(o: Operand): string {
  if (typeof o === 'bigint') return o.toString();
  switch (o.kind) {
    case 'reg':
      return `%${o.id}`;
    case 'slot-address':
      return `stack[${o.offset}]`;
    case 'map':
      return o.use === 'fd' ? `map${o.map}` : `map${o.map}.value+${o.offset}`;
    case 'function':
      return `fn${o.index}`;
  }
}

const memory = (size: number, base: Base, offset: number): string =>
  base.kind === 'reg'
    ? `u${size * 8}[${operand(base)}${offset < 0 ? '' : '+'}${offset}]`
    : `u${size * 8} stack[${base.offset + offset}]`;

export function printInsn(i: Insn | Terminator): string {
  switch (i.op) {
    case 'mov':
      return `${operand(i.dst)} = ${operand(i.src)}`;
    case 'alu':
      return `${operand(i.dst)} = ${operand(i.left)} ${SYMBOLS[i.fn] ?? i.fn} ${operand(i.right)}${i.width === 32 ? ' (32)' : ''}`;
    case 'unary':
      return `${operand(i.dst)} = ${i.fn} ${operand(i.src)}`;
    case 'load':
      return `${operand(i.dst)} = ${memory(i.size, i.base, i.offset)}`;
    case 'store':
      return `${memory(i.size, i.base, i.offset)} = ${operand(i.src)}`;
    case 'atomic':
      return `${i.dst === null ? '' : `${operand(i.dst)} = `}atomic ${i.fn} ${memory(i.size, i.base, i.offset)}, ${operand(i.src)}`;
    case 'call':
      return `${i.dst === null ? '' : `${operand(i.dst)} = `}${i.helper}(${i.args.map(operand).join(', ')})`;
    case 'jump':
      return `goto b${i.to.id}`;
    case 'branch':
      return `if ${operand(i.left)} ${SYMBOLS[i.cond] ?? i.cond} ${operand(i.right)}${i.width === 32 ? ' (32)' : ''} goto b${i.then.id} else b${i.else.id}`;
    case 'return':
      return `return ${operand(i.value)}`;
  }
}

export function printFn(fn: Fn): string {
  const blocks = fn.blocks.map((b) => {
    const lines = [...b.insns, ...(b.end === null ? [] : [b.end])].map((i) => `  ${printInsn(i)}`);
    return [`b${b.id}:${b.cold ? ' (cold)' : ''}`, ...lines].join('\n');
  });
  return `${fn.name}(${fn.params.map(operand).join(', ')}):\n${blocks.join('\n')}\n`;
}
