/** The package's glue code without its loading, which Node does not do (WebAssembly modules by `import`). */
declare module 'gecko-profiler-demangle/index_bg.js' {
  export function demangle_any(name: string): string;
  export function __wbg_set_wasm(exports: unknown): void;
}
