/** skboutput(): packets to pcap files, one a name, made when their first packet comes. */
import { openSync, writeSync } from 'node:fs';

/** Times in nanoseconds (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html). */
const MAGIC = 0xa1b23c4d;
const LINKTYPE_RAW = 101;
const SNAP_LENGTH = 65535;
const FILE_HEADER = 24;
const PACKET_HEADER = 16;
const SECOND = 1_000_000_000n;

/** What an event holds before the bytes: nanoseconds since boot, the packet's length, how many bytes there are. */
const EVENT_HEADER = 20;

export class CaptureFiles {
  readonly #files = new Map<string, number>();
  readonly #realTime: (boot: bigint) => bigint;

  /** `realTime`: nanoseconds since boot to nanoseconds since 1970. */
  constructor(realTime: (boot: bigint) => bigint) {
    this.#realTime = realTime;
  }

  /** Adds a packet as the event has it. Throws what the file system says. */
  add(path: string, event: Uint8Array): void {
    const view = new DataView(event.buffer, event.byteOffset, event.byteLength);
    const time = this.#realTime(view.getBigUint64(0, true));
    const length = view.getUint32(16, true);
    const header = new DataView(new ArrayBuffer(PACKET_HEADER));
    header.setUint32(0, Number(time / SECOND), true);
    header.setUint32(4, Number(time % SECOND), true);
    header.setUint32(8, length, true);
    header.setUint32(12, Number(view.getBigUint64(8, true)), true);
    const file = this.#files.get(path) ?? this.#open(path);
    const bytes = event.subarray(EVENT_HEADER, EVENT_HEADER + length);
    writeSync(file, Buffer.concat([new Uint8Array(header.buffer), bytes]));
  }

  #open(path: string): number {
    const file = openSync(path, 'w');
    const header = new DataView(new ArrayBuffer(FILE_HEADER));
    header.setUint32(0, MAGIC, true);
    header.setUint16(4, 2, true);
    header.setUint16(6, 4, true);
    header.setUint32(16, SNAP_LENGTH, true);
    header.setUint32(20, LINKTYPE_RAW, true);
    writeSync(file, new Uint8Array(header.buffer));
    this.#files.set(path, file);
    return file;
  }
}
