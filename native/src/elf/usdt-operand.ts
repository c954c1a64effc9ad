/** Operands of USDT arguments that name a symbol: what assemblers leave in the note as it was written. */

/** What an operand with a symbol is relative to. */
export interface OperandPlace {
  /** Of the probe. */
  readonly address: number;
  /** Whether addresses of the file are those in memory: programs that are not position-independent. */
  readonly fixed: boolean;
  /** null: there is none of that name, or more than one. */
  symbol(name: string): number | null;
}

/** `counter(%rip)`, `table+14(%rip)`, `4+table(,%rax,2)`, `counter`. */
const X64 = /^(-?\d+@)(?:(-?\d+)\+)?([A-Za-z_.$][\w.$]*)((?:[-+]\d+)*)(\([^)]*\))?$/;
/** `[x0, #:lo12:counter]`: the low 12 bits of an address whose page is in the register. */
const ARM64 = /^(-?\d+@)\[(\w+),\s*#?:lo12:([A-Za-z_.$][\w.$]*)((?:[-+]\d+)*)\]$/;

const sum = (terms: string): number => (terms.match(/[-+]\d+/g) ?? []).reduce((total, term) => total + Number(term), 0);

/**
 * `-4@counter(%rip)` as `-4@1234(%rip)`, the distance from the probe: that holds wherever the program is loaded. An
 * operand whose symbol is not known stays as it is.
 */
export const placeOperand = (text: string, place: OperandPlace): string => {
  const [onX64, head = '', before = '0', name = '', after = '', registers = ''] = X64.exec(text) ?? [];
  if (onX64 !== undefined) {
    const symbol = place.symbol(name);
    if (symbol === null || (registers !== '(%rip)' && !place.fixed)) return text;
    const at = symbol + Number(before) + sum(after);
    return registers === '(%rip)' ? `${head}${at - place.address}(%rip)` : `${head}${at}${registers}`;
  }
  const [onArm64, size = '', register = '', label = '', terms = ''] = ARM64.exec(text) ?? [];
  if (onArm64 === undefined) return text;
  const symbol = place.symbol(label);
  return symbol === null ? text : `${size}[${register}, ${(symbol + sum(terms)) & 0xfff}]`;
};
