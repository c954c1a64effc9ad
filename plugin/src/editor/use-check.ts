/**
 * What is wrong with a query. The syntax is judged at once by the language's own parser; only source that parses goes to
 * the agent, whose kernel knows the probes and fields, after a pause in typing.
 */
import type { CheckAnswer, DiagnosticMessage } from '@bpfscope/agent/protocol';
import { useEffect, useMemo, useState } from 'react';
import type { BpfQuery } from '../../shared/index.ts';
import type { BpfDataSource } from '../datasource.ts';
import { parseDiagnostics } from '../language/diagnostics.ts';
import { errorText } from './error-text.ts';

export interface CheckState {
  diagnostics: readonly DiagnosticMessage[];
  /** The agent's answer for exactly this source; null until it came. */
  answer: CheckAnswer | null;
  /** Why the agent could not be asked. */
  failure: string | null;
}

interface Asked {
  source: string;
  answer: CheckAnswer | null;
  failure: string | null;
}

const PAUSE_MS = 300;

export function useCheck(datasource: BpfDataSource, query: BpfQuery): CheckState {
  const source = query.query;
  const params = query.params.join('\0');
  const parsed = useMemo(() => parseDiagnostics(source, query.params), [source, params]);
  const parses = !parsed.some((one) => one.severity === 'error');
  const [asked, setAsked] = useState<Asked>({ source: '', answer: null, failure: null });

  useEffect(() => {
    if (!parses || source.trim() === '') return undefined;
    let current = true;
    const timer = setTimeout(() => {
      datasource.check(query).then(
        (answer) => current && setAsked({ source, answer, failure: null }),
        (error: unknown) => current && setAsked({ source, answer: null, failure: errorText(error) }),
      );
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
    // Only the text and its parameters decide; the rest of the model does not change what is compiled.
  }, [datasource, source, params, parses]);

  const fits = parses && asked.source === source && source.trim() !== '';
  const answer = fits ? asked.answer : null;
  return useMemo(
    () => ({ diagnostics: answer?.diagnostics ?? parsed, answer, failure: fits ? asked.failure : null }),
    [answer, parsed, fits, asked.failure],
  );
}
