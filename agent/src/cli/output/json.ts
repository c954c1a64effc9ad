/** What bpftrace 0.27 prints with -f json: one object a line. */
import { datumJson, stringJson } from '../../decode/json.ts';
import { mapJson, messageJson } from '../../decode/map-json.ts';
import type { Place, Printer, Streams } from './printer.ts';

const placeJson = ({ file, line, column }: Place): string =>
  `"filename": ${stringJson(file)}, "line": ${line}, "col": ${column}`;

export function jsonPrinter({ out, err }: Streams): Printer {
  const line = (json: string): void => out(`${json}\n`);
  const data = (type: string, json: string): void => line(messageJson(type, json));
  return {
    attached: (probes) => data('attached_probes', `{"probes": ${probes}}`),
    text: (text) => data('printf', stringJson(text)),
    message: (kind, text, _rendered, place) =>
      line(`{"type": "${kind}", "msg": ${stringJson(text)}, ${placeJson(place)}}`),
    value: (value) => data('value', datumJson(value)),
    map: (view) => {
      const json = mapJson(view);
      if (json !== null) line(json);
    },
    time: (text) => data('time', stringJson(text)),
    join: (text) => data('join', stringJson(text)),
    cat: (text) => data('cat', stringJson(text)),
    system: (text) => data('syscall', stringJson(text)),
    runtimeError: (message, _rendered, place, { helper, code }) =>
      line(
        helper === null
          ? `{"type": "runtime_error", "msg": ${stringJson(message)}, ${placeJson(place)}}`
          : `{"type": "helper_error", "msg": ${stringJson(message)}, "helper": ${stringJson(helper)}, "retcode": ${code}, ${placeJson(place)}}`,
      ),
    benchmarks: (found) => {
      const times = found.map(({ name, nanoseconds }) => `${stringJson(name)}: ${nanoseconds}`);
      data('benchmark_results', `{${times.join(', ')}}`);
    },
    test: (event) => {
      if (event.kind !== 'over') return;
      const passed = event.results.map(({ name, passed }) => `${stringJson(name)}: ${passed}`);
      data('test_results', `{${passed.join(', ')}}`);
    },
    lost: (events) => data('lost_events', `{"events": ${events}}`),
    // bpftrace has no line for it.
    notice: (_code, text) => err(`WARNING: ${text}\n`),
    end: () => undefined,
  };
}
