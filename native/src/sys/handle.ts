/**
 * Ownership. What the kernel gives us (file descriptors, mappings) has one owner, is closed once, and is counted, so
 * that a test can say that nothing leaked.
 */
import { syscall, syscallInBackground } from './kernel.ts';

export interface Closeable {
  /** May be called more than once. */
  close(): void;
  /** As close, but the event loop does not wait for the kernel; resolves when it is done. */
  closeInBackground?(): Promise<void>;
}

const open = new Map<object, string>();
const closing = new Set<Promise<void>>();

/** Everything not closed yet, as `fd 7: map events`. */
export const openHandles = (): readonly string[] => [...open.values()];

/** Resolves when the kernel has released everything that is being closed in the background now. */
export const backgroundCloses = async (): Promise<void> => {
  while (closing.size > 0) await Promise.all(closing);
};

/** Counts a handle until `untrack`; for the classes of sys. */
export const track = (handle: object, what: string): void => void open.set(handle, what);
export const untrack = (handle: object): void => void open.delete(handle);

/** A file descriptor with its owner. */
export class FileDescriptor implements Closeable {
  readonly what: string;
  #number: number;

  /** `what`: for messages and leak reports: `map events`. */
  constructor(number: number, what: string) {
    this.#number = number;
    this.what = what;
    track(this, `fd ${number}: ${what}`);
  }

  get number(): number {
    if (this.#number < 0) throw new Error(`${this.what} is closed`);
    return this.#number;
  }

  get closed(): boolean {
    return this.#number < 0;
  }

  close(): void {
    if (this.#number < 0) return;
    const number = this.#number;
    this.#number = -1;
    untrack(this);
    // close(2) releases the descriptor even when it reports an error: never repeat it.
    syscall('close', number);
  }

  /** Counts as open until the kernel has released it. */
  async closeInBackground(): Promise<void> {
    if (this.#number < 0) return;
    const number = this.#number;
    this.#number = -1;
    const done = syscallInBackground('close', number).then(() => {
      untrack(this);
      closing.delete(done);
    });
    closing.add(done);
    await done;
  }
}

/** Owns things and closes them in reverse order. Closing goes on when one of them throws; the first error is thrown at the end. */
export class Scope implements Closeable {
  #members: Closeable[] = [];

  add<T extends Closeable>(member: T): T {
    this.#members.push(member);
    return member;
  }

  defer(close: () => void): void {
    this.#members.push({ close });
  }

  get size(): number {
    return this.#members.length;
  }

  close(): void {
    const errors: unknown[] = [];
    for (let member = this.#members.pop(); member !== undefined; member = this.#members.pop()) {
      try {
        member.close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  /** Members one after the other, in reverse order; other threads do the waiting. */
  closeInBackground(): Promise<void> {
    // Counted as a whole: between two members nothing else may tell that this still goes on.
    const done = this.#closeMembers().finally(() => closing.delete(done));
    closing.add(done);
    return done;
  }

  async #closeMembers(): Promise<void> {
    const errors: unknown[] = [];
    // All at once: a close() meanwhile must find nothing left to wait for.
    const members = this.#members;
    this.#members = [];
    for (const member of members.reverse()) {
      try {
        if (member.closeInBackground === undefined) member.close();
        else await member.closeInBackground();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  /** Runs `make` with a new scope; closes the scope when it throws. */
  static build<T>(make: (scope: Scope) => T): T {
    const scope = new Scope();
    try {
      return make(scope);
    } catch (error) {
      scope.close();
      throw error;
    }
  }
}
