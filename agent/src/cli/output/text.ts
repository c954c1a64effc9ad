/** What bpftrace 0.27 prints without -f. */
import { mapText } from '../../decode/map-text.ts';
import { datumText } from '../../decode/text.ts';
import type { Printer, Streams } from './printer.ts';

export function textPrinter({ out, err }: Streams): Printer {
  return {
    attached: (probes) => err(`Attached ${probes} probe${probes === 1 ? '' : 's'}\n`),
    text: (text) => out(text),
    message: (_kind, _text, rendered) => err(rendered),
    value: (value) => out(`${datumText(value)}\n`),
    map: (view) => out(mapText(view)),
    time: (text) => out(text),
    join: (text) => out(`${text}\n`),
    cat: (text) => out(text),
    system: (text) => out(text),
    runtimeError: (_message, rendered) => err(rendered),
    lost: (events) => err(`Lost ${events} events\n`),
    notice: (_code, text) => err(`WARNING: ${text}\n`),
    end: () => out('\n\n'),
  };
}
