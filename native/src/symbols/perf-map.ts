/** /tmp/perf-PID.map: how JIT compilers (Node.js --perf-basic-prof, Java agents, .NET) name their code. `START SIZE name` in hex. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

interface JitSymbol {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** Its number in the file. */
  readonly age: number;
}

/** A map of a JIT that recompiles for days is cut off here; what comes later is not named. */
const LARGEST = 64 << 20;
const LINE = /^([0-9a-fA-F]+) ([0-9a-fA-F]+) (.+)$/;

/** Code moves: of two entries for an address the later one counts. Lines that are no entries are left out. */
export class PerfMap {
  /** By start after #settle. */
  readonly #symbols: JitSymbol[] = [];
  /** The largest end up to each symbol: where looking back may stop. */
  #reach = new Float64Array(0);
  #rest = '';
  #age = 0;

  /** Text may come in pieces. */
  append(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const match = LINE.exec(line.trimEnd());
      if (match === null) continue;
      const start = parseInt(match[1] ?? '', 16);
      const size = parseInt(match[2] ?? '', 16);
      if (size === 0 || !Number.isSafeInteger(start + size)) continue;
      this.#symbols.push({ start, end: start + size, name: match[3] ?? '', age: this.#age++ });
    }
  }

  get count(): number {
    return this.#symbols.length;
  }

  lookup(address: number): { readonly name: string; readonly offset: number } | null {
    if (this.#reach.length !== this.#symbols.length) this.#settle();
    let low = 0;
    let high = this.#symbols.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#symbols[middle]?.start ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    let best: JitSymbol | null = null;
    for (let index = low - 1; index >= 0 && (this.#reach[index] ?? 0) > address; index--) {
      const symbol = this.#symbols[index];
      if (symbol !== undefined && address < symbol.end && symbol.age > (best?.age ?? -1)) best = symbol;
    }
    return best === null ? null : { name: best.name, offset: address - best.start };
  }

  #settle(): void {
    this.#symbols.sort((a, b) => a.start - b.start || a.age - b.age);
    this.#reach = new Float64Array(this.#symbols.length);
    let reach = 0;
    this.#symbols.forEach(({ end }, index) => {
      reach = Math.max(reach, end);
      this.#reach[index] = reach;
    });
  }
}

/** The file of one process, read again from where it ended when it has grown. */
export class PerfMapFile {
  readonly map = new PerfMap();
  #read = 0;

  /** Held, about: text and numbers of each entry. */
  get bytes(): number {
    return this.#read + this.map.count * 64;
  }

  /** Takes in what is new; false when there is no file, or one that was last written before `since` (wall time, ms). */
  read(path: string, since = 0): boolean {
    let fd: number;
    try {
      fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    } catch {
      return false;
    }
    try {
      const stat = fstatSync(fd);
      // The file is the traced process's to make: trust nothing about it.
      if (!stat.isFile() || stat.mtimeMs < since) return false;
      const length = Math.min(stat.size, LARGEST) - this.#read;
      if (length <= 0) return true;
      const bytes = Buffer.alloc(length);
      const got = readSync(fd, bytes, 0, length, this.#read);
      this.#read += got;
      this.map.append(bytes.toString('utf8', 0, got));
      return true;
    } catch {
      return false;
    } finally {
      closeSync(fd);
    }
  }
}
