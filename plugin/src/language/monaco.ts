/** The query language in Monaco: colours, brackets, completion. Registered once per page. */
import type { ProbeSearch } from '@bpfscope/agent/protocol';
import type { Monaco, monacoTypes } from '@grafana/ui';

export const LANGUAGE_ID = 'bpftrace';

type Probes = (pattern: string) => Promise<ProbeSearch>;

/** Which agent a model's completion asks; a page may show editors of several data sources. */
const hosts = new WeakMap<monacoTypes.editor.ITextModel, Probes>();

/** Lets completion in this model ask the agent; the answer undoes it. */
export function connectHost(model: monacoTypes.editor.ITextModel, probes: Probes): () => void {
  hosts.set(model, probes);
  return () => hosts.delete(model);
}

export function registerLanguage(monaco: Monaco): void {
  if (monaco.languages.getLanguages().some((language) => language.id === LANGUAGE_ID)) return;
  monaco.languages.register({ id: LANGUAGE_ID, extensions: ['.bt'] });
  monaco.languages.setLanguageConfiguration(LANGUAGE_ID, {
    comments: { lineComment: '//', blockComment: ['/*', '*/'] },
    brackets: [
      ['{', '}'],
      ['[', ']'],
      ['(', ')'],
    ],
    autoClosingPairs: [
      { open: '{', close: '}' },
      { open: '[', close: ']' },
      { open: '(', close: ')' },
      { open: '"', close: '"', notIn: ['string', 'comment'] },
    ],
  });
}
