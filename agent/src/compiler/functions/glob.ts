/** globmatch(): a text against a pattern with `*`, `?` and `[a-z]`, one step for each time a helper calls back. */
import { sizeOf } from '../../language/layout.ts';
import type { Block, Value } from '../ir/instruction.ts';
import type { Context } from '../lower/context.ts';
import { lowerInto } from '../lower/expression.ts';
import { clear, loadByteAt, loadInt, storeInt, within } from '../lower/memory.ts';
import { arg, number, type Call, type FunctionTable } from './row.ts';

const code = (character: string): bigint => BigInt(character.charCodeAt(0));
const NONE = -1n;
/** More steps are not made; a class of characters takes one for each of its parts. */
const MOST_STEPS = 1n << 20n;
/** A range looks at two characters behind its first. */
const LOOKED_AHEAD = 3;

/** What is kept between steps, 8 bytes each: in a map, where the verifier does not follow every value of it. */
const STATE = {
  /** Places in the text and in the pattern. */
  text: 0,
  pattern: 8,
  /** Where to go on after a mismatch: behind the last `*`, and what it took; NONE before the first. */
  starPattern: 16,
  starText: 24,
  /** Behind the `[` of the class that is read; NONE outside of one. */
  classFrom: 32,
  /** Whether it has the character, and whether it begins with `!`. */
  has: 40,
  negated: 48,
  matched: 56,
} as const;
const STATE_SIZE = 64;
type Field = keyof typeof STATE;

function globmatch(cx: Context, e: Call): Value {
  const { b } = cx;
  if (!cx.needs('helper:bpf_loop', 'globmatch()')) return 0n;
  const [text, pattern] = [arg(e, 0), arg(e, 1)];
  const [textRoom, patternRoom] = [sizeOf(text.type), sizeOf(pattern.type)];
  return b.scope(() => {
    const textAt = cx.scratchSpace(textRoom + 1);
    const patternAt = cx.scratchSpace(patternRoom + LOOKED_AHEAD);
    lowerInto(cx, text, cx.scratchMemory(textAt));
    clear(cx, within(cx.scratchMemory(textAt), textRoom), 1);
    lowerInto(cx, pattern, cx.scratchMemory(patternAt));
    clear(cx, within(cx.scratchMemory(patternAt), patternRoom), LOOKED_AHEAD);
    const state = cx.scratchSpace(STATE_SIZE);
    const set = (field: Field, value: bigint): void =>
      storeInt(cx, within(cx.scratchMemory(state), STATE[field]), 8, value);
    for (const field of ['text', 'pattern', 'starText', 'has', 'negated', 'matched'] as const) set(field, 0n);
    for (const field of ['starPattern', 'classFrom'] as const) set(field, NONE);
    const inner = cx.callback(2);
    new Step(inner, state, { at: textAt, room: textRoom }, { at: patternAt, room: patternRoom }).make();
    b.call('loop', MOST_STEPS, inner.functionAddress, cx.frameAddress, 0n);
    return loadInt(cx, within(cx.scratchMemory(state), STATE.matched), 8, false);
  });
}

interface Place {
  /** In scratch memory. */
  readonly at: number;
  readonly room: number;
}

/** The function that is called back: 0 asks for another step, 1 ends the search. */
class Step {
  private readonly cx: Context;
  private readonly state: number;
  private readonly text: Place;
  private readonly pattern: Place;

  constructor(cx: Context, state: number, text: Place, pattern: Place) {
    this.cx = cx;
    this.state = state;
    this.text = text;
    this.pattern = pattern;
  }

  make(): void {
    const { b } = this.cx;
    const from = this.get('pattern');
    const place = this.get('text');
    const have = this.character(this.text, place, 0);
    const want = this.character(this.pattern, from, 0);
    const [inClass, outside] = this.fork('jne', this.get('classFrom'), NONE);
    b.place(inClass);
    this.classPart(have, want, from, place);
    b.place(outside);
    const [star, noStar] = this.fork('jeq', want, code('*'));
    b.place(star);
    this.set('starPattern', this.plus(from, 1n));
    this.set('starText', place);
    this.set('pattern', this.plus(from, 1n));
    b.ret(0n);
    b.place(noStar);
    const [any, noAny] = this.fork('jeq', want, code('?'));
    b.place(any);
    this.advanceUnlessEnd(have, from, place);
    b.place(noAny);
    const [open, literal] = this.fork('jeq', want, code('['));
    b.place(open);
    this.openClass(from);
    b.place(literal);
    this.literal(have, want, from, place);
  }

  private openClass(from: Value): void {
    const { b } = this.cx;
    this.set('classFrom', this.plus(from, 1n));
    this.set('has', 0n);
    const [not, plain] = this.fork('jeq', this.character(this.pattern, from, 1), code('!'));
    b.place(not);
    this.set('negated', 1n);
    this.set('pattern', this.plus(from, 2n));
    b.ret(0n);
    b.place(plain);
    this.set('negated', 0n);
    this.set('pattern', this.plus(from, 1n));
    b.ret(0n);
  }

  /** One character or range of a class, or its end. */
  private classPart(have: Value, want: Value, from: Value, place: Value): void {
    const { b } = this.cx;
    const [unclosed, more] = this.fork('jeq', want, 0n);
    b.place(unclosed);
    // A `[` without its end stands for itself.
    const opened = this.get('classFrom');
    this.set('classFrom', NONE);
    const [same, other] = this.fork('jeq', have, code('['));
    b.place(same);
    this.goTo(opened, this.plus(place, 1n));
    b.place(other);
    this.mismatch(have);
    b.place(more);
    const [bracket, part] = this.fork('jeq', want, code(']'));
    b.place(bracket);
    // A `]` at the beginning is a character like others.
    const first = this.plus(this.get('classFrom'), this.get('negated'));
    const [closing, member] = [b.newBlock(), b.newBlock()];
    b.branch('jeq', from, first, member, closing);
    b.place(closing);
    this.set('classFrom', NONE);
    const [hit, miss] = this.fork('jne', this.get('has'), this.get('negated'));
    b.place(hit);
    this.advanceUnlessEnd(have, from, place);
    b.place(miss);
    this.mismatch(have);
    b.place(part);
    b.jump(member);
    b.place(member);
    this.member(have, want, from);
  }

  private member(have: Value, want: Value, from: Value): void {
    const { b } = this.cx;
    const single = b.newBlock();
    const maybe = b.newBlock();
    const open = b.newBlock();
    const range = b.newBlock();
    const last = this.character(this.pattern, from, 2);
    b.branch('jeq', this.character(this.pattern, from, 1), code('-'), maybe, single);
    b.place(maybe);
    b.branch('jeq', last, code(']'), single, open);
    b.place(open);
    b.branch('jeq', last, 0n, single, range);
    b.place(range);
    this.set('pattern', this.plus(from, 3n));
    const [low, below] = this.fork('jge', have, want);
    b.place(below);
    b.ret(0n);
    b.place(low);
    this.hasIf('jle', have, last);
    b.place(single);
    this.set('pattern', this.plus(from, 1n));
    this.hasIf('jeq', have, want);
  }

  private hasIf(condition: 'jeq' | 'jle', left: Value, right: Value): void {
    const { b } = this.cx;
    const [yes, no] = this.fork(condition, left, right);
    b.place(yes);
    this.set('has', 1n);
    b.ret(0n);
    b.place(no);
    b.ret(0n);
  }

  private literal(have: Value, want: Value, from: Value, place: Value): void {
    const { b } = this.cx;
    const [same, other] = this.fork('jeq', have, want);
    b.place(same);
    const [end, more] = this.fork('jeq', have, 0n);
    b.place(end);
    this.set('matched', 1n);
    b.ret(1n);
    b.place(more);
    this.goTo(this.plus(from, 1n), this.plus(place, 1n));
    b.place(other);
    this.mismatch(have);
  }

  private advanceUnlessEnd(have: Value, from: Value, place: Value): void {
    const { b } = this.cx;
    const [end, more] = this.fork('jeq', have, 0n);
    b.place(end);
    b.ret(1n);
    b.place(more);
    this.goTo(this.plus(from, 1n), this.plus(place, 1n));
  }

  /** The last `*` takes one character more; without one, or behind the text, nothing matches. */
  private mismatch(have: Value): void {
    const { b } = this.cx;
    const [over, going] = this.fork('jeq', have, 0n);
    b.place(over);
    b.ret(1n);
    b.place(going);
    const back = this.get('starPattern');
    const [none, again] = this.fork('jeq', back, NONE);
    b.place(none);
    b.ret(1n);
    b.place(again);
    const next = this.plus(this.get('starText'), 1n);
    this.set('starText', next);
    this.goTo(back, next);
  }

  private goTo(pattern: Value, text: Value): void {
    this.set('pattern', pattern);
    this.set('text', text);
    this.cx.b.ret(0n);
  }

  /** A character of the text or the pattern, some behind the place; the search ends where the place is outside. */
  private character(of: Place, place: Value, behind: number): Value {
    const { b } = this.cx;
    const [outside, inside] = this.fork('jge', place, BigInt(of.room));
    b.place(outside);
    b.ret(1n);
    b.place(inside);
    return loadByteAt(this.cx, this.cx.scratchMemory(of.at + behind), place);
  }

  private fork(condition: 'jeq' | 'jne' | 'jge' | 'jle', left: Value, right: Value): readonly [yes: Block, no: Block] {
    const { b } = this.cx;
    const yes = b.newBlock();
    const no = b.newBlock();
    b.branch(condition, left, right, yes, no);
    return [yes, no];
  }

  private plus(left: Value, right: Value): Value {
    return this.cx.b.alu('add', left, right);
  }

  private get(field: Field): Value {
    return loadInt(this.cx, within(this.cx.scratchMemory(this.state), STATE[field]), 8, false);
  }

  private set(field: Field, value: Value): void {
    storeInt(this.cx, within(this.cx.scratchMemory(this.state), STATE[field]), 8, value);
  }
}

export const GLOB: FunctionTable = { globmatch: number(globmatch) };
