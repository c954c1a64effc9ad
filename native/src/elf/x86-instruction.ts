/**
 * Where x86-64 instructions end (Intel SDM volume 2, chapter 2 and appendix A; arch/x86/lib/insn.c): enough to tell
 * whether a place in a function is the beginning of one. A breakpoint inside an instruction changes what that does.
 */
import { lazy } from '../lazy/index.ts';

/** What follows an opcode. `z`: 2 bytes behind the prefix 66, else 4. */
type Immediate = 0 | 1 | 2 | 3 | 4 | 'z';

interface Form {
  readonly modrm: boolean;
  readonly immediate: Immediate;
}

/** Opcodes as `from-to` in hex, and what they have. Later rows win. Opcodes without a row do not exist in 64-bit mode. */
type Rows = readonly (readonly [opcodes: string, modrm: boolean, immediate: Immediate])[];

const ONE_BYTE: Rows = [
  ...['00', '08', '10', '18', '20', '28', '30', '38'].flatMap((first): Rows => {
    const base = Number.parseInt(first, 16);
    const hex = (add: number): string => (base + add).toString(16);
    return [
      [`${hex(0)}-${hex(3)}`, true, 0],
      [hex(4), false, 1],
      [hex(5), false, 'z'],
    ];
  }),
  ['50-5f', false, 0],
  ['63', true, 0],
  ['68', false, 'z'],
  ['69', true, 'z'],
  ['6a', false, 1],
  ['6b', true, 1],
  ['6c-6f', false, 0],
  ['70-7f', false, 1],
  ['80', true, 1],
  ['81', true, 'z'],
  ['83', true, 1],
  ['84-8f', true, 0],
  ['90-99', false, 0],
  ['9b-9f', false, 0],
  ['a4-a7', false, 0],
  ['a8', false, 1],
  ['a9', false, 'z'],
  ['aa-af', false, 0],
  ['b0-b7', false, 1],
  ['b8-bf', false, 'z'],
  ['c0-c1', true, 1],
  ['c2', false, 2],
  ['c3', false, 0],
  ['c6', true, 1],
  ['c7', true, 'z'],
  ['c8', false, 3],
  ['c9', false, 0],
  ['ca', false, 2],
  ['cb-cc', false, 0],
  ['cd', false, 1],
  ['cf', false, 0],
  ['d0-d3', true, 0],
  ['d7', false, 0],
  ['d8-df', true, 0],
  ['e0-e7', false, 1],
  ['e8-e9', false, 4],
  ['eb', false, 1],
  ['ec-ef', false, 0],
  ['f1', false, 0],
  ['f4-f5', false, 0],
  ['f6-f7', true, 0],
  ['f8-fd', false, 0],
  ['fe-ff', true, 0],
];

const ESCAPE_0F: Rows = [
  ['00-03', true, 0],
  ['05-09', false, 0],
  ['0b', false, 0],
  ['0d', true, 0],
  ['0e', false, 0],
  ['0f', true, 1],
  ['10-2f', true, 0],
  ['30-37', false, 0],
  ['40-6f', true, 0],
  ['70-73', true, 1],
  ['74-76', true, 0],
  ['77', false, 0],
  ['78-7f', true, 0],
  ['80-8f', false, 4],
  ['90-9f', true, 0],
  ['a0-a2', false, 0],
  ['a3', true, 0],
  ['a4', true, 1],
  ['a5', true, 0],
  ['a8-aa', false, 0],
  ['ab', true, 0],
  ['ac', true, 1],
  ['ad-b9', true, 0],
  ['ba', true, 1],
  ['bb-c1', true, 0],
  ['c2', true, 1],
  ['c3', true, 0],
  ['c4-c6', true, 1],
  ['c7', true, 0],
  ['c8-cf', false, 0],
  ['d0-ff', true, 0],
];

function formsOf(rows: Rows): readonly (Form | undefined)[] {
  const forms: (Form | undefined)[] = Array.from({ length: 256 });
  for (const [opcodes, modrm, immediate] of rows) {
    const [first = 0, last = first] = opcodes.split('-').map((text) => Number.parseInt(text, 16));
    for (let opcode = first; opcode <= last; opcode++) forms[opcode] = { modrm, immediate };
  }
  return forms;
}

const every = (form: Form): readonly Form[] => Array.from({ length: 256 }, () => form);

/** By opcode map: none, 0F, 0F38, 0F3A; VEX and EVEX know 5 and 6 besides (half precision). */
const maps = lazy((): Readonly<Record<number, readonly (Form | undefined)[]>> => ({
  0: formsOf(ONE_BYTE),
  1: formsOf(ESCAPE_0F),
  2: every({ modrm: true, immediate: 0 }),
  3: every({ modrm: true, immediate: 1 }),
  5: every({ modrm: true, immediate: 0 }),
  6: every({ modrm: true, immediate: 0 }),
}));

const PREFIXES: ReadonlySet<number> = new Set([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3]);
/** Bytes. The processor takes no longer ones. */
export const LONGEST = 15;

/** Bytes of the instruction at `at`; null when there is none, or when `code` ends before. */
export function instructionLength(code: Uint8Array, at: number): number | null {
  let position = at;
  const next = (): number => code[position++] ?? -1;
  const peek = (ahead = 0): number => code[position + ahead] ?? -1;
  let shortOperand = false;
  let shortAddress = false;
  for (; PREFIXES.has(peek()); position++) {
    shortOperand ||= peek() === 0x66;
    shortAddress ||= peek() === 0x67;
  }
  const rex = peek() >= 0x40 && peek() <= 0x4f ? next() : null;
  const wide = rex !== null && (rex & 8) !== 0;
  // Behind REX there is no vector instruction.
  const vector = rex === null ? vectorPrefix(peek) : null;
  position += vector?.length ?? 0;
  let map = vector?.map ?? 0;
  let opcode = next();
  if (vector === null && opcode === 0x0f) {
    opcode = next();
    map = opcode === 0x38 ? 2 : opcode === 0x3a ? 3 : 1;
    if (map > 1) opcode = next();
  }
  let length: number;
  if (map === 0 && opcode >= 0xa0 && opcode <= 0xa3) {
    // mov with a whole address.
    length = position + (shortAddress ? 4 : 8);
  } else {
    const form = maps()[map]?.[opcode];
    if (form === undefined || opcode < 0) return null;
    let { immediate } = form;
    // test has an immediate, the others of its group have none.
    if (map === 0 && (opcode & 0xfe) === 0xf6 && (peek() & 0x38) < 0x10) immediate = opcode === 0xf6 ? 1 : 'z';
    const wholeWord = map === 0 && wide && opcode >= 0xb8 && opcode <= 0xbf;
    // Moves of control and debug registers have no memory form, whatever the bits say.
    const registers = map === 1 && vector === null && opcode >= 0x20 && opcode <= 0x23;
    const operand = form.modrm && !registers ? operandLength(peek) : form.modrm ? 1 : 0;
    if (operand === null) return null;
    length = position + operand + (wholeWord ? 8 : immediate === 'z' ? (shortOperand && !wide ? 2 : 4) : immediate);
  }
  return length <= code.length && length - at <= LONGEST ? length - at : null;
}

type Peek = (ahead?: number) => number;

/** VEX and EVEX; null when there is none. */
function vectorPrefix(peek: Peek): { readonly length: number; readonly map: number } | null {
  switch (peek()) {
    case 0xc5:
      return { length: 2, map: 1 };
    case 0xc4:
      return { length: 3, map: peek(1) & 0x1f };
    case 0x62:
      return { length: 4, map: peek(1) & 7 };
    default:
      return null;
  }
}

/** ModRM, SIB and displacement. */
function operandLength(peek: Peek): number | null {
  const modrm = peek();
  if (modrm < 0) return null;
  const mod = modrm >> 6;
  if (mod === 3) return 1;
  const hasSib = (modrm & 7) === 4;
  const base = hasSib ? peek(1) & 7 : modrm & 7;
  const displacement = mod === 1 ? 1 : mod === 2 || base === 5 ? 4 : 0;
  return 1 + (hasSib ? 1 : 0) + displacement;
}
