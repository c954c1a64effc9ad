import { readFileSync } from 'node:fs';

/** A line of /proc/PID/maps: bytes [start, end) of the process. Addresses fit numbers (below 2^57). */
export interface MemoryRange {
  readonly start: number;
  readonly end: number;
  readonly executable: boolean;
  readonly writable: boolean;
  /** Of the file, at `start`. */
  readonly offset: number;
  /** `fd:01`, as printed. */
  readonly device: string;
  readonly inode: number;
  /** '' for anonymous memory, `[vdso]` and the like as printed, without ` (deleted)`. */
  readonly path: string;
  /** The file was deleted or replaced since. */
  readonly deleted: boolean;
}

const LINE = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) (\S+) (\d+)\s*(.*)$/;
const DELETED = ' (deleted)';

/** Octal escapes: a newline in a path is printed as `\012`. */
const unescape = (path: string): string =>
  path.includes('\\')
    ? path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)))
    : path;

export const parseMemoryMap = (text: string): MemoryRange[] => {
  const ranges: MemoryRange[] = [];
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [, start = '', end = '', mode = '', offset = '', device = '', inode = '', rest = ''] = match;
    const deleted = rest.endsWith(DELETED);
    ranges.push({
      start: parseInt(start, 16),
      end: parseInt(end, 16),
      executable: mode[2] === 'x',
      writable: mode[1] === 'w',
      offset: parseInt(offset, 16),
      device,
      inode: Number(inode),
      path: unescape(deleted ? rest.slice(0, -DELETED.length) : rest),
      deleted,
    });
  }
  return ranges;
};

/** Ascending by address; null when the process is gone or hidden. */
export const readMemoryMap = (pid: number): MemoryRange[] | null => {
  try {
    return parseMemoryMap(readFileSync(`/proc/${pid}/maps`, 'latin1'));
  } catch {
    return null;
  }
};

/** The range that an address is in, by bisection. */
export const findRange = (ranges: readonly MemoryRange[], address: number): MemoryRange | null => {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.start ?? 0) <= address) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low - 1];
  return range !== undefined && address < range.end ? range : null;
};
