/** Raw key values to what a person reads: each decoder is a row. A value without a name stays a number. */
import { readFileSync, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { syscallTable } from '@bpfscope/native/uapi';

type Raw = number | string | boolean;
export type Decoder = (value: Raw) => Raw;

const SOFTIRQS = ['hi', 'timer', 'net_tx', 'net_rx', 'block', 'irq_poll', 'tasklet', 'sched', 'hrtimer', 'rcu'];

/** include/net/tcp_states.h */
const TCP_STATES = [
  '',
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
  'NEW_SYN_RECV',
];

const byNumber = (names: ReadonlyMap<number, string>): Decoder => {
  return (value) => names.get(Number(value)) ?? value;
};

const byValue = (names: Record<string, number>): ReadonlyMap<number, string> => {
  const map = new Map<number, string>();
  for (const [name, value] of Object.entries(names)) if (!map.has(value)) map.set(value, name);
  return map;
};

const byIndex = (names: readonly string[]): ReadonlyMap<number, string> =>
  new Map([...names.entries()].filter(([, name]) => name !== ''));

/** Block devices by the kernel's dev_t (major << 20 | minor), read again when a new one appears. */
function devices(): Decoder {
  let names = new Map<number, string>();
  let readAt = 0;
  return (value) => {
    const number = Number(value);
    if (!names.has(number) && Date.now() - readAt > 5000) {
      names = blockDevices();
      readAt = Date.now();
    }
    return names.get(number) ?? `${number >> 20}:${number & 0xfffff}`;
  };
}

function blockDevices(): Map<number, string> {
  const names = new Map<number, string>();
  for (const name of list('/sys/class/block')) {
    const [major, minor] = read(`/sys/class/block/${name}/dev`).trim().split(':').map(Number);
    if (major !== undefined && minor !== undefined) names.set((major << 20) | minor, name);
  }
  return names;
}

/** Network devices by interface index. */
function interfaces(): Decoder {
  let names = new Map<number, string>();
  let readAt = 0;
  return (value) => {
    if (!names.has(Number(value)) && Date.now() - readAt > 5000) {
      names = new Map(list('/sys/class/net').map((name) => [Number(read(`/sys/class/net/${name}/ifindex`)), name]));
      readAt = Date.now();
    }
    return names.get(Number(value)) ?? value;
  };
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

const list = (path: string): readonly string[] => {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
};

/** The names of a tracepoint field's values as its format file prints them: right for every kernel. */
export function symbolsOf(format: string, field: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const at = format.indexOf(`__print_symbolic(REC->${field},`);
  if (at < 0) return names;
  const end = format.indexOf('\n', at);
  const text = format.slice(at, end < 0 ? undefined : end);
  for (const match of text.matchAll(/\{ *(0x[0-9a-f]+|-?\d+)U?L*, *"([^"]*)" *\}|__print_symbolic\(/g)) {
    if (match[1] === undefined) {
      if (match.index > 0) break;
      continue;
    }
    names.set(Number(match[1]), match[2] ?? '');
  }
  return names;
}

const SIMPLE: Record<string, () => Decoder> = {
  syscall: () => byNumber(new Map(syscallTable(process.arch === 'arm64' ? 'arm64' : 'x64'))),
  errno: () => byNumber(byValue(constants.errno)),
  signal: () => byNumber(byValue(constants.signals)),
  softirq: () => byNumber(byIndex(SOFTIRQS)),
  'tcp-state': () => byNumber(byIndex(TCP_STATES)),
  device: devices,
  interface: interfaces,
  'yes-no': () => (value) => (Number(value) === 0 ? 'no' : 'yes'),
};

const cache = new Map<string, Decoder>();

/** `syscall`, `device`, ..., or `symbol:CATEGORY:EVENT:FIELD`. Throws for a name that is no decoder: a mistake of ours. */
export function decoderOf(name: string): Decoder {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const [kind, category, event, field] = name.split(':');
  const make = SIMPLE[name];
  let decoder: Decoder;
  if (make !== undefined) decoder = make();
  else if (kind === 'symbol' && category !== undefined && event !== undefined && field !== undefined)
    decoder = symbolDecoder(`${category}/${event}`, field);
  else throw new Error(`no such decoder: ${name}`);
  cache.set(name, decoder);
  return decoder;
}

function symbolDecoder(event: string, field: string): Decoder {
  let decode: Decoder | null = null;
  return (value) => {
    decode ??= byNumber(symbolsOf(read(`/sys/kernel/tracing/events/${event}/format`), field));
    return decode(value);
  };
}
