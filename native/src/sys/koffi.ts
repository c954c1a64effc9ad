/**
 * Loads koffi, the foreign function interface, at the first system call. Node finds it in node_modules. A compiled
 * executable has no node_modules: its entry module hands over the embedded library with `provideKoffi`.
 */
import { createRequire } from 'node:module';

/** Called here, or (the last argument is told of the end) on a thread of the pool. */
export interface ForeignFunction {
  (...args: (number | bigint)[]): number | bigint;
  async(...args: [...(number | bigint)[], (error: unknown, result: number | bigint) => void]): void;
}

/** What we use of koffi. Its prebuilt `koffi.node` has exactly these. */
export interface Koffi {
  load(path: string | null): { func(definition: string): ForeignFunction };
  address(value: ArrayBufferView): bigint;
  view(address: number | bigint, length: number): ArrayBuffer;
  errno(): number;
}

let provided: Koffi | null = null;
let loaded: Koffi | null = null;

/**
 * Gives the library instead of having it looked up; call before the first system call. In the entry module of a
 * `bun build --compile` executable: `provideKoffi(require('@koromix/koffi-linux-x64/linux_x64/koffi.node'))`, by a
 * literal path, so that the bundler embeds the file.
 */
export const provideKoffi = (library: Koffi): void => {
  provided = library;
};

export const koffi = (): Koffi => (loaded ??= provided ?? (createRequire(import.meta.url)('koffi') as Koffi));
