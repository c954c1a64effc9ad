/** How long the verifier may take, judged from the instructions alone. */

const JUMP = 0x05;
const JUMP_32 = 0x06;
const JUMP_ALWAYS = 0x00;
const CALL = 0x80;
const EXIT = 0x90;

/** Programs of 20 independent branches were seen to take 15 ms, of 40 50 ms, of 80 2.4 s. */
const MOST_BRANCHES = 24;
const MOST_INSTRUCTIONS = 4096;

/** Where a program may go on after instruction `at`: the next one, where it jumps to, both or none. */
const after = (view: DataView, at: number): readonly number[] => {
  const code = view.getUint8(at * 8);
  const kind = code & 7;
  const operation = code & 0xf0;
  if ((kind !== JUMP && kind !== JUMP_32) || operation === CALL) return [at + 1];
  if (operation === EXIT) return [];
  // The long jump keeps its distance in the immediate.
  const far = kind === JUMP_32 && operation === JUMP_ALWAYS;
  const target = at + 1 + (far ? view.getInt32(at * 8 + 4, true) : view.getInt16(at * 8 + 2, true));
  return operation === JUMP_ALWAYS ? [target] : [at + 1, target];
};

/** Whether it takes milliseconds at most: short, few ways through it, no loop. 8 bytes an instruction. */
export const verifiesQuickly = (instructions: Uint8Array): boolean => {
  const count = instructions.byteLength / 8;
  if (count > MOST_INSTRUCTIONS) return false;
  const view = new DataView(instructions.buffer, instructions.byteOffset, instructions.byteLength);
  const successors = Array.from({ length: count }, (_, at) => after(view, at).filter((to) => to >= 0 && to < count));
  if (successors.filter((to) => to.length > 1).length > MOST_BRANCHES) return false;
  return !hasCycle(successors);
};

/** What has nothing before it goes, again and again; a cycle is what stays. */
const hasCycle = (successors: readonly (readonly number[])[]): boolean => {
  const before = new Uint32Array(successors.length);
  for (const each of successors) for (const to of each) before[to] = (before[to] ?? 0) + 1;
  const free = successors.flatMap((_, at) => (before[at] === 0 ? [at] : []));
  let gone = 0;
  for (let at = free.pop(); at !== undefined; at = free.pop()) {
    gone++;
    for (const to of successors[at] ?? []) {
      before[to] = (before[to] ?? 0) - 1;
      if (before[to] === 0) free.push(to);
    }
  }
  return gone < successors.length;
};
