/** What `#include` and `import` may read. The language never opens a file itself: the command line gives a reader, the HTTP API none. */
import { isSystemHeader } from './headers.ts';

export interface SourceFile {
  /** As messages call it; relative paths inside of it are looked up beside it. */
  readonly name: string;
  readonly text: string;
}

/** Why there is no text. */
export interface FileRefusal {
  readonly code: 'file-missing' | 'file-refused' | 'unsupported' | 'unknown-header';
  readonly severity?: 'warning';
  readonly message: string;
  readonly hint?: string;
}

export interface FileReader {
  /** `from`: the file with the `#include`, null for the query. null: nothing to read, BTF has the types. */
  include(path: string, system: boolean, from: string | null): SourceFile | FileRefusal | null;
  /** One file, or those of a folder. */
  import(path: string, from: string | null): readonly SourceFile[] | FileRefusal;
}

export function unknownHeader(path: string): FileRefusal {
  return {
    code: 'unknown-header',
    severity: 'warning',
    message: `The header ${path} is not known and not read: types come from the kernel's BTF.`,
    hint: 'For a header of your own write `#include "file.h"`, or name its folder with -I.',
  };
}

/** For queries that come over HTTP. */
export const NO_FILES: FileReader = {
  include(path, system) {
    if (isSystemHeader(path)) return null;
    if (system) return unknownHeader(path);
    return {
      code: 'file-refused',
      message: `The file "${path}" is not read: a query that comes over HTTP cannot read files of the host.`,
      hint: 'Put the declarations into the query, or run it with `bpfscope run`.',
    };
  },
  import(path) {
    return {
      code: 'file-refused',
      message: `"${path}" is not imported: a query that comes over HTTP cannot read files of the host.`,
      hint: 'Put the macros and functions into the query, or run it with `bpfscope run`.',
    };
  },
};
