/** What `dw_ustack` could not do, in words and numbers. */
import { StackEnd } from '@bpfscope/native/unwind/walk';
import { counted, type StackNotice } from './stack-notice.ts';

export interface UnwindFacts {
  /** What the maps have room for. */
  readonly room: { readonly processes: number; readonly rows: number };
  /** The query is about one process and its children (`-p`, `-c`). */
  readonly bound: boolean;
  /** Processes at most, at a time, that there was no room for. */
  readonly processesLeft: number;
  /** Binaries whose tables there was no room for. */
  readonly binariesLeft: readonly string[];
  /** Stacks by StackEnd; [0]: of processes without tables. */
  readonly ends: readonly number[];
}

const EARLY: readonly (readonly [end: StackEnd, where: string])[] = [
  [StackEnd.NO_TABLE, 'in code without a table (no .eh_frame, made at run time, or mapped a moment before)'],
  [StackEnd.NO_RULE, 'at places that .eh_frame does not describe'],
  [StackEnd.UNREADABLE, 'at memory that cannot be read'],
];
const NAMED = 3;

export function unwindNotices({ room, bound, processesLeft, binariesLeft, ends }: UnwindFacts): StackNotice[] {
  const notices: StackNotice[] = [];
  const add = (code: string, samples: number, text: string): void => void notices.push({ code, samples, text });
  if (processesLeft > 0) {
    const left = `${counted(processesLeft, 'process has', 'processes have')} no tables for dw_ustack`;
    const text = `${left}: there is room for ${room.processes}. Their stacks follow frame pointers`;
    add('unwind-processes', processesLeft, `${text}; -p and -c make tables for one process and its children.`);
  }
  if (binariesLeft.length > 0) {
    const left = `${counted(binariesLeft.length, 'binary has', 'binaries have')} no table for dw_ustack`;
    const more = binariesLeft.length > NAMED ? ', ...' : '';
    const names = `${binariesLeft.slice(0, NAMED).join(', ')}${more}`;
    const text = `${left} (${names}): there is room for ${room.rows} rows, and for 255 mappings of a process. Stacks end there.`;
    add('unwind-binaries', binariesLeft.length, text);
  }
  const walked = ends.slice(1).reduce((sum, count) => sum + count, 0);
  const early = EARLY.flatMap(([end, where]) => ((ends[end] ?? 0) > 0 ? [[ends[end] ?? 0, where] as const] : []));
  if (early.length > 0) {
    const sum = early.reduce((total, [count]) => total + count, 0);
    const places = early.map(([count, where]) => `${count} ${where}`).join(', ');
    add('unwind-ended', sum, `${sum} of ${counted(walked, 'stack')} of dw_ustack ended early: ${places}.`);
  }
  const plain = ends[0] ?? 0;
  if (plain > 0) {
    const why = bound ? 'only -p or -c and its children have tables' : 'their processes had no tables yet';
    add('unwind-plain', plain, `${counted(plain, 'stack')} of dw_ustack followed frame pointers: ${why}.`);
  }
  return notices;
}
