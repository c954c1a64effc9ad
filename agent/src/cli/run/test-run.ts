/**
 * The probes `test:name` of a query. A test passes when it returns 0 (or nothing), reports no error and does not exit with
 * a code; what it printed is shown only when it failed.
 */
import type { Session } from '../../engine/session.ts';
import type { Printer, TestResult } from '../output/printer.ts';

/** Holds back what a test writes. */
export class TestOutput {
  #held: (() => void)[] | null = null;
  #errors = 0;

  /** A stream whose text is held back while a test runs. */
  held(write: (text: string) => void): (text: string) => void {
    return (text) => {
      if (this.#held === null) write(text);
      else this.#held.push(() => write(text));
    };
  }

  /** The same printer; errors count. */
  counting(printer: Printer): Printer {
    return {
      ...printer,
      message: (kind, ...rest) => {
        if (kind === 'errorf') this.#errors++;
        printer.message(kind, ...rest);
      },
      runtimeError: (...told) => {
        this.#errors++;
        printer.runtimeError(...told);
      },
    };
  }

  /** Whether the test passed. */
  around(run: () => boolean): boolean {
    this.#held = [];
    this.#errors = 0;
    let passed = false;
    try {
      passed = run() && this.#errors === 0;
    } finally {
      const held = this.#held;
      this.#held = null;
      if (!passed) for (const write of held) write();
    }
    return passed;
  }
}

/** In the order of the query. */
export function runTests(session: Session, output: TestOutput, printer: Printer): readonly TestResult[] {
  const tests = [...session.tests()];
  if (tests.length === 0) return [];
  session.drain();
  if (session.exitRequest !== null) return [];
  printer.test({ kind: 'all', count: tests.length });
  const results = tests.map(({ name, run }) => {
    printer.test({ kind: 'begin', name });
    const started = performance.now();
    const passed = output.around(run);
    const result = { name, passed, milliseconds: Math.round(performance.now() - started) };
    printer.test({ kind: 'end', result });
    return result;
  });
  printer.test({ kind: 'over', results });
  return results;
}
