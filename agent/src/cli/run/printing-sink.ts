/** Events of a session to a printer. */
import { SILENT, type ActionOf, type PrintAction, type Sink } from '../../engine/sink.ts';
import type { Session } from '../../engine/session.ts';
import { viewMap, type MapEntry, type ViewOptions } from '../../decode/map-view.ts';
import type { Diagnostic, Span } from '../../language/diagnostic.ts';
import { LineMap } from '../../language/line-map.ts';
import { renderDiagnostic } from '../../language/render.ts';
import type { Sources } from '../../language/sources.ts';
import { errnoMessage } from '@bpfscope/native/uapi';
import type { Place, Printer } from '../output/printer.ts';
import { CaptureFiles } from './capture-files.ts';

export interface SinkOptions {
  readonly printer: Printer;
  /** Name of the query in messages: `stdin` or the file's. */
  readonly file: string;
  /** The query's texts. */
  readonly sources: Sources;
  readonly source: string;
  readonly warnings: boolean;
  /** For printing maps; set once the session is there. */
  readonly session: () => Session;
}

export function printingSink(options: SinkOptions): Sink {
  const { printer, file } = options;
  const lines = new LineMap(options.source);
  const place = (span: Span): Place => {
    const { file: other, span: own } = options.sources.place(span);
    if (other === null) return { file, ...lines.position(own.start) };
    return { file: other.name, ...new LineMap(other.text).position(other.span.start) };
  };
  const render = (severity: Diagnostic['severity'], message: string, span: Span): string =>
    renderDiagnostic(options.sources.locate({ code: 'runtime', severity, span, message }), lines, file);
  const captures = new CaptureFiles((boot) => options.session().decode.names.realTime(boot, 'boot'));
  const unwritable = new Set<string>();
  return {
    ...SILENT,
    prints: true,
    print: (action, text, values) => printAction(action, text, () => printer.text(text, values)),
    value: (value) => printer.value(value),
    map: (map, entries, view) => printMap(options, map, entries, view),
    time: (text) => printer.time(text),
    join: (text) => printer.join(text),
    cat: (text) => printer.cat(text),
    unread: (action, problem) => {
      const rendered = render('error', problem, action.span);
      printer.runtimeError(problem, rendered, place(action.span), { helper: null, code: 0 });
    },
    system: (text) => printer.system(text),
    packet: (action, bytes) => capture(action, bytes),
    runtimeError: (action, code) => {
      if (options.warnings) reportRuntimeError(action, Number(code));
    },
  };

  function capture(action: ActionOf<'skboutput'>, bytes: Uint8Array): void {
    if (unwritable.has(action.path)) return;
    try {
      captures.add(action.path, bytes);
    } catch (error) {
      unwritable.add(action.path);
      const message = `skboutput: ${error instanceof Error ? error.message : String(error)}`;
      const rendered = render('warning', message, action.span);
      printer.runtimeError(message, rendered, place(action.span), { helper: null, code: 0 });
    }
  }

  function printAction(action: PrintAction, text: string, plain: () => void): void {
    if (action.kind !== 'errorf' && action.kind !== 'warnf') return plain();
    if (action.kind === 'warnf' && !options.warnings) return;
    const severity = action.kind === 'errorf' ? 'error' : 'warning';
    // Only the place: the query's line, which is the call itself, would say nothing new.
    const excerpt = render(severity, text, action.span).trimEnd().split('\n').slice(0, -2);
    printer.message(action.kind, text, `${excerpt.join('\n')}\n`, place(action.span));
  }

  function reportRuntimeError(action: ActionOf<'runtime-error'>, code: number): void {
    const message = action.message || errnoMessage(-code);
    const helper = action.helper ?? null;
    const detail = helper === null ? '' : `Additional Info - helper: ${helper}, retcode: ${code}\n`;
    const rendered = render('warning', message, action.span) + detail;
    printer.runtimeError(message, rendered, place(action.span), { helper, code });
  }
}

export function printMap(
  { printer, session }: Pick<SinkOptions, 'printer' | 'session'>,
  map: number,
  entries: readonly MapEntry[],
  view: ViewOptions,
): void {
  const { query, decode } = session();
  const shape = query.userMaps[map];
  if (shape !== undefined) printer.map(viewMap(shape, entries, view, decode));
}
