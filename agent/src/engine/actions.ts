/** Ring records to calls of the sink: one handler a kind of action, its decoders made once per action of the query. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { errnoMessage } from '@bpfscope/native/uapi';
import type { ActionLayout } from '../compiler/program.ts';
import type { Action } from '../language/action.ts';
import { sizeOf } from '../language/layout.ts';
import { bytesText } from '../language/string-bytes.ts';
import type { Config } from '../language/config.ts';
import { isInt, type Datum } from '../decode/datum.ts';
import { formatText } from '../decode/printf.ts';
import { strftime } from '../decode/strftime.ts';
import { datumText } from '../decode/text.ts';
import { decoderOf, type DecodeContext } from '../decode/value.ts';
import type { MapReader } from './map-reader.ts';
import type { ActionOf, PrintAction, Sink } from './sink.ts';

/** What an action may do to the session. */
export interface ActionHost {
  readonly readers: readonly MapReader[];
  readonly sink: Sink;
  readonly decode: DecodeContext;
  readonly config: Config;
  /** Files and commands: only where a person runs the query on a command line. */
  readonly files: boolean;
  readonly commands: boolean;
  exit(code: number): void;
}

/** The record lies at `at` of `view`, in the ring itself: what must last has to be copied. */
export type ActionHandler = (view: DataView, at: number, length: number) => void;

/** By action index. */
export function recordHandlers(actions: readonly ActionLayout[], host: ActionHost): readonly ActionHandler[] {
  return actions.map((layout, index) => {
    const decoders = layout.args.map(({ type, offset }) => ({ decode: decoderOf(type, host.decode), offset }));
    const values = (view: DataView, at: number): Datum[] =>
      decoders.map(({ decode, offset }) => decode(view, at + offset));
    const make = HANDLERS[layout.action.kind] as HandlerMaker<never>;
    return make(layout.action as never, host, { index, layout, values });
  });
}

interface Arguments {
  readonly index: number;
  readonly layout: ActionLayout;
  readonly values: (view: DataView, at: number) => Datum[];
}

type HandlerMaker<A> = (action: A, host: ActionHost, args: Arguments) => ActionHandler;

const makePrint: HandlerMaker<PrintAction> =
  (action, { sink }, { index, values }) =>
  (view, at) => {
    const decoded = values(view, at);
    sink.print(action, formatText(action.format, decoded), decoded, index);
  };

const HANDLERS: { readonly [K in Action['kind']]: HandlerMaker<ActionOf<K>> } = {
  printf: makePrint,
  errorf: makePrint,
  warnf: makePrint,
  debugf: makePrint,
  cat:
    (action, { sink, config, files }, { values }) =>
    (view, at) => {
      const decoded = values(view, at);
      if (!files) return;
      const path = formatText(action.format, decoded);
      try {
        sink.cat(readStart(path, config.max_cat_bytes));
      } catch (error) {
        if (!(error instanceof Error) || !('errno' in error)) throw error;
        sink.unread(action, `failed to open file '${path}': ${errnoMessage(-Number(error.errno))}`);
      }
    },
  system:
    (action, { sink, commands }, { values }) =>
    (view, at) => {
      const decoded = values(view, at);
      if (commands) sink.system(runCommand(formatText(action.format, decoded)));
    },
  'print-map':
    (action, { sink, readers }) =>
    () =>
      sink.map(action.map, readers[action.map]?.print() ?? [], { top: action.top, div: action.div }),
  'print-value':
    (action, { sink, readers }, { index, layout, values }) =>
    (view, at) => {
      const reader = action.map === null ? undefined : readers[action.map];
      const [key, value] = layout.args;
      if (reader !== undefined && key !== undefined && value === undefined && action.map !== null) {
        // The record holds the key only: histograms and the like are read now, from all CPUs.
        const wanted = new Uint8Array(view.buffer, view.byteOffset + at + key.offset, sizeOf(key.type));
        const entries = reader.read().filter((entry) => entry.key.every((byte, i) => byte === wanted[i]));
        return sink.map(action.map, entries, { top: null, div: null });
      }
      const decoded = values(view, at);
      sink.value(decoded[decoded.length - 1] ?? null, action, index);
    },
  clear:
    (action, { sink, readers }, { layout }) =>
    () =>
      sink.emptied(action.map, readers[action.map]?.clear(sink.prints === true && layout.printed === true) ?? []),
  zero:
    (action, { sink, readers }, { layout }) =>
    () =>
      sink.emptied(action.map, readers[action.map]?.zero(sink.prints === true && layout.printed === true) ?? []),
  time:
    (action, { sink }) =>
    () =>
      sink.time(strftime(action.format, BigInt(Date.now()) * 1_000_000n)),
  exit:
    (_action, host, { values }) =>
    (view, at) => {
      const code = values(view, at)[0];
      host.exit(code !== undefined && isInt(code) ? Number(code) : 0);
    },
  join:
    (action, { sink }, { values }) =>
    (view, at) => {
      const parts = values(view, at)[0];
      const strings =
        parts !== null && typeof parts === 'object' && 'kind' in parts && parts.kind === 'array' ? parts.values : [];
      const used = strings.map(datumText);
      while (used.length > 0 && used[used.length - 1] === '') used.pop();
      sink.join(used.join(action.delimiter));
    },
  skboutput:
    (action, { sink }, { layout }) =>
    (view, at, length) => {
      const start = layout.args[0]?.offset ?? 8;
      sink.packet(action, new Uint8Array(view.buffer, view.byteOffset + at + start, length - start).slice());
    },
  'runtime-error':
    (action, { sink }, { values }) =>
    (view, at) => {
      const code = values(view, at)[0];
      sink.runtimeError(action, code !== undefined && isInt(code) ? BigInt(code) : 0n);
    },
};

/** The first bytes of a file. Throws what the system says. */
function readStart(path: string, limit: number): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(limit);
    let length = 0;
    for (let read = -1; read !== 0 && length < limit; length += read)
      read = readSync(file, bytes, length, limit - length, null);
    return bytesText(bytes.subarray(0, length));
  } finally {
    closeSync(file);
  }
}

function runCommand(command: string): string {
  const { output } = spawnSync('/bin/sh', ['-c', command], { maxBuffer: 64 << 20 });
  // Standard output and error; null when the command could not be started.
  return (
    (output as readonly (Uint8Array | null)[] | null)
      ?.map((bytes) => (bytes === null ? '' : bytesText(bytes)))
      .join('') ?? ''
  );
}
