/** C++ and Rust names as people write them, by the demangler of the Firefox profiler (WebAssembly). */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as glue from 'gecko-profiler-demangle/index_bg.js';
import { LruCache } from './lru.ts';

/** Of the bundler, which puts the file into an executable and answers with its place; an ES module in Node has none. */
declare const require: undefined | ((path: string) => unknown);

interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

const MANGLED = /^_{1,2}[ZR]/;
const CACHED = 20_000;

const names = new LruCache<string, string>(CACHED, () => 1);

const wasmPath = (): string => {
  if (typeof require !== 'undefined') {
    try {
      const found = require('gecko-profiler-demangle/index_bg.wasm');
      if (typeof found === 'string') return found;
    } catch {
      // Not bundled: look for the package.
    }
  }
  return createRequire(import.meta.url).resolve('gecko-profiler-demangle/index_bg.wasm');
};

const load = (): boolean => {
  try {
    // Type definitions of WebAssembly come with those of browsers, which this workspace does without.
    const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
    const imports = { './index_bg.js': glue };
    const { exports } = new Instance(new Module(readFileSync(wasmPath())), imports);
    glue.__wbg_set_wasm(exports);
    (exports['__wbindgen_start'] as () => void)();
    return true;
  } catch {
    return false;
  }
};

let available: boolean | null = null;

/** `foo::bar(int)` for `_ZN3foo3barEi`, with parameters; any other name as it is. */
export const demangle = (name: string): string => {
  if (!MANGLED.test(name)) return name;
  const known = names.get(name);
  if (known !== undefined) return known;
  available ??= load();
  if (!available) return name;
  let readable = name;
  try {
    const answer = glue.demangle_any(name);
    // What it cannot read it returns, but without the underscore that macOS adds.
    if (answer !== '' && answer !== name.slice(1)) readable = answer;
  } catch {
    // A trap in the WebAssembly code: its state is undefined afterwards.
    available = load();
  }
  names.set(name, readable);
  return readable;
};
