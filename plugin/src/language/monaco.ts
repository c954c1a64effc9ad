/** The query language in Monaco, registered once per page: colours, brackets, completion, hover, format, fixes. */
import { NO_FACTS, type Facts } from '@bpfscope/agent/language';
import type { Monaco, monacoTypes } from '@grafana/ui';
import { completionProvider, hoverProvider, signatureProvider } from './completion.ts';
import { agentFacts, type Host } from './facts.ts';
import { definitionProvider, fixProvider, foldingProvider, formatProvider, symbolProvider } from './navigation.ts';
import { semanticTokens } from './semantic-tokens.ts';

/** Not `bpftrace`: another plugin on the same Grafana may have registered that with an idea of its own. */
export const LANGUAGE_ID = 'bpfscope';

/** Which agent a model's completion asks; a page may show editors of several data sources. */
const hosts = new WeakMap<monacoTypes.editor.ITextModel, Facts>();

const factsOf = (model: monacoTypes.editor.ITextModel): Facts => hosts.get(model) ?? NO_FACTS;

/** Lets completion in this model ask the agent, as long as the model lives. */
export function connectHost(model: monacoTypes.editor.ITextModel, host: Host): void {
  hosts.set(model, agentFacts(host));
}

export function registerLanguage(monaco: Monaco): void {
  if (monaco.languages.getLanguages().some((language) => language.id === LANGUAGE_ID)) return;
  monaco.languages.register({ id: LANGUAGE_ID });
  monaco.languages.setLanguageConfiguration(LANGUAGE_ID, {
    comments: { lineComment: '//', blockComment: ['/*', '*/'] },
    // Maps and variables are words with their sigil, probes with their colons.
    wordPattern: /[@$]?[A-Za-z_]\w*/,
    brackets: [
      ['{', '}'],
      ['[', ']'],
      ['(', ')'],
    ],
    autoClosingPairs: [
      { open: '{', close: '}' },
      { open: '[', close: ']' },
      { open: '(', close: ')' },
      { open: '"', close: '"' },
    ],
  });
  monaco.languages.registerDocumentSemanticTokensProvider(LANGUAGE_ID, semanticTokens);
  monaco.languages.registerCompletionItemProvider(LANGUAGE_ID, completionProvider(monaco, factsOf));
  monaco.languages.registerHoverProvider(LANGUAGE_ID, hoverProvider(factsOf));
  monaco.languages.registerSignatureHelpProvider(LANGUAGE_ID, signatureProvider);
  monaco.languages.registerDocumentFormattingEditProvider(LANGUAGE_ID, formatProvider);
  monaco.languages.registerDefinitionProvider(LANGUAGE_ID, definitionProvider);
  monaco.languages.registerFoldingRangeProvider(LANGUAGE_ID, foldingProvider);
  monaco.languages.registerDocumentSymbolProvider(LANGUAGE_ID, symbolProvider(monaco));
  monaco.languages.registerCodeActionProvider(LANGUAGE_ID, fixProvider);
}
