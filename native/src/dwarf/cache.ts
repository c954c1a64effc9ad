/** Debugging information that is kept open for a while, a few binaries at most. */
import { ElfFile } from '../elf/file.ts';
import { statSync } from 'node:fs';
import { DebugInfo } from './debug-info.ts';

/** Each holds some tens of megabytes when it is asked a lot. */
const OPEN_MOST = 6;
const IDLE_MS = 20_000;
/** Binaries that are known to have none. */
const WITHOUT_MOST = 10_000;

/** By build id, so that containers of one image share it. What is handed out is valid until the event loop turns. */
export class DebugInfoCache {
  /** In order of use. */
  readonly #entries = new Map<string, DebugInfo>();
  /** Binaries without debugging information. */
  readonly #without = new Set<string>();
  #idle: NodeJS.Timeout | null = null;

  /** `path`: within `root`. null: there is no debugging information, or the binary cannot be read. */
  find(path: string, root = ''): { readonly key: string; readonly info: DebugInfo } | null {
    try {
      const file = ElfFile.open(root + path);
      let key: string;
      try {
        key = file.buildId ?? stamp(root + path);
      } finally {
        file.close();
      }
      return this.open(key, path, root);
    } catch {
      return null;
    }
  }

  /** For callers that know the build id already. */
  open(key: string, path: string, root: string): { readonly key: string; readonly info: DebugInfo } | null {
    this.#used();
    if (this.#without.has(key)) return null;
    const info = this.#entries.get(key) ?? openQuietly(path, root);
    if (info === null) {
      if (this.#without.size >= WITHOUT_MOST) this.#without.clear();
      this.#without.add(key);
      return null;
    }
    this.#entries.delete(key);
    this.#entries.set(key, info);
    for (const [oldest, old] of this.#entries) {
      if (this.#entries.size <= OPEN_MOST) break;
      this.#entries.delete(oldest);
      // Not under the hands of whoever asked a moment ago.
      setImmediate(() => old.close());
    }
    return { key, info };
  }

  /** Closes all. */
  clear(): void {
    for (const info of this.#entries.values()) info.close();
    this.#entries.clear();
    this.#without.clear();
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
  }

  #used(): void {
    if (this.#idle === null) this.#idle = setTimeout(() => this.clear(), IDLE_MS).unref();
    else this.#idle.refresh();
  }
}

const stamp = (path: string): string => {
  const { dev, ino, mtimeMs, size } = statSync(path);
  return [dev, ino, mtimeMs, size].join(':');
};

const openQuietly = (path: string, root: string): DebugInfo | null => {
  try {
    return DebugInfo.open(path, root);
  } catch {
    return null;
  }
};

/** One for the process. */
export const debugInfos = new DebugInfoCache();
