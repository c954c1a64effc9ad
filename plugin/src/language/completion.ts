/** Completion, hover and signatures of the language service as Monaco wants them. */
import { complete, hover, LineMap, signatureAt, type CompletionKind, type Facts } from '@bpfscope/agent/language';
import type { Monaco, monacoTypes } from '@grafana/ui';
import { offsetOf, rangeOf } from './positions.ts';

type FactsOf = (model: monacoTypes.editor.ITextModel) => Facts;
type Languages = typeof monacoTypes.languages;

export function completionProvider(monaco: Monaco, facts: FactsOf): monacoTypes.languages.CompletionItemProvider {
  const { CompletionItemKind, CompletionItemInsertTextRule } = monaco.languages as Languages;
  const kinds: Record<CompletionKind, monacoTypes.languages.CompletionItemKind> = {
    probe: CompletionItemKind.Event,
    keyword: CompletionItemKind.Keyword,
    builtin: CompletionItemKind.Constant,
    function: CompletionItemKind.Function,
    macro: CompletionItemKind.Function,
    map: CompletionItemKind.Struct,
    variable: CompletionItemKind.Variable,
    field: CompletionItemKind.Field,
    type: CompletionItemKind.Class,
  };
  return {
    triggerCharacters: [':', '.', '@', '$', '>'],
    provideCompletionItems: async (model, position) => {
      const source = model.getValue();
      const lines = new LineMap(source);
      const { replace, items, incomplete } = await complete(source, offsetOf(lines, position), facts(model));
      const range = rangeOf(lines, replace);
      return {
        incomplete,
        suggestions: items.map((item, index) => ({
          label: item.label,
          kind: kinds[item.kind],
          insertText: item.insert,
          range,
          // The service's order is by use, Monaco's own is by name.
          sortText: String(index).padStart(5, '0'),
          ...(item.detail !== undefined && { detail: item.detail }),
          ...(item.documentation !== undefined && { documentation: { value: item.documentation } }),
          ...(item.snippet === true && { insertTextRules: CompletionItemInsertTextRule.InsertAsSnippet }),
        })),
      };
    },
  };
}

export function hoverProvider(facts: FactsOf): monacoTypes.languages.HoverProvider {
  return {
    provideHover: async (model, position) => {
      const source = model.getValue();
      const lines = new LineMap(source);
      const found = await hover(source, offsetOf(lines, position), facts(model));
      return found === null ? null : { range: rangeOf(lines, found.span), contents: [{ value: found.text }] };
    },
  };
}

export const signatureProvider: monacoTypes.languages.SignatureHelpProvider = {
  signatureHelpTriggerCharacters: ['(', ','],
  provideSignatureHelp: (model, position) => {
    const source = model.getValue();
    const found = signatureAt(source, offsetOf(new LineMap(source), position));
    if (found === null) return null;
    const signatures = found.signatures.map((label) => ({
      label,
      documentation: { value: found.documentation },
      parameters: [],
    }));
    const value = { signatures, activeSignature: 0, activeParameter: found.argument };
    return { value, dispose: () => undefined };
  },
};
