/** Where a run's output goes: collected during a turn of the event loop, written at its end, never lost at exit. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { errnoMessage } from '@bpfscope/native/uapi';
import { stringBytes } from '../../language/string-bytes.ts';
import type { Buffering } from './options.ts';

const FLUSH_BYTES = 64 * 1024;

export class OutputFile {
  readonly #fd: number;
  readonly #onClosed: () => void;
  #parts: string[] = [];
  #length = 0;
  #scheduled = false;
  #broken = false;
  #failed = false;
  readonly #buffering: Buffering;

  /** path null: stdout. `onClosed`: the reader has gone away (EPIPE), or nothing more can be written. */
  constructor(path: string | null, buffering: Buffering, onClosed: () => void) {
    this.#buffering = buffering;
    this.#fd = path === null ? 1 : openSync(path, 'w');
    this.#onClosed = onClosed;
  }

  write(text: string): void {
    if (this.#broken || text === '') return;
    this.#parts.push(text);
    this.#length += text.length;
    if (this.#length >= FLUSH_BYTES || this.#buffering === 'none') this.flush();
    else if (!this.#scheduled && this.#buffering === 'line') {
      this.#scheduled = true;
      setImmediate(() => this.flush());
    }
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#parts.length === 0) return;
    const bytes = stringBytes(this.#parts.join(''));
    this.#parts = [];
    this.#length = 0;
    try {
      for (let written = 0; written < bytes.length;) written += writeSome(this.#fd, bytes, written);
    } catch (error) {
      this.#broken = true;
      if (!isCode(error, 'EPIPE')) this.#fail(error);
      this.#onClosed();
    }
  }

  /** Output was lost: a full disk, for one. Said already. */
  get failed(): boolean {
    return this.#failed;
  }

  #fail(error: unknown): void {
    if (!(error instanceof Error) || !('errno' in error)) throw error;
    this.#failed = true;
    process.stderr.write(`ERROR: Failed to write the output: ${errnoMessage(-Number(error.errno))}\n`);
  }

  close(): void {
    this.flush();
    if (this.#fd !== 1) closeSync(this.#fd);
  }
}

const wait = new Int32Array(new SharedArrayBuffer(4));

/** A terminal or pipe that somebody made non-blocking may ask to come again. */
function writeSome(fd: number, bytes: Uint8Array, from: number): number {
  try {
    return writeSync(fd, bytes, from);
  } catch (error) {
    if (!isCode(error, 'EAGAIN')) throw error;
    Atomics.wait(wait, 0, 0, 5);
    return 0;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
