/** Formatting, definitions, folding, the outline and quick fixes of the language service as Monaco wants them. */
import {
  definition,
  foldingRanges,
  format,
  LineMap,
  oldSpellings,
  parse,
  symbols,
  type DocumentSymbol,
  type Span,
} from '@bpfscope/agent/language';
import type { Monaco, monacoTypes } from '@grafana/ui';
import { offsetOf, rangeOf } from './positions.ts';

/** Text with mistakes is left alone. */
export const formatProvider: monacoTypes.languages.DocumentFormattingEditProvider = {
  displayName: 'bpfscope',
  provideDocumentFormattingEdits: (model) => {
    const { text } = format(model.getValue());
    return text === null ? [] : [{ range: model.getFullModelRange(), text: text.trimEnd() }];
  },
};

export const definitionProvider: monacoTypes.languages.DefinitionProvider = {
  provideDefinition: (model, position) => {
    const source = model.getValue();
    const lines = new LineMap(source);
    const found = definition(source, offsetOf(lines, position));
    return found === null ? null : { uri: model.uri, range: rangeOf(lines, found) };
  },
};

export const foldingProvider: monacoTypes.languages.FoldingRangeProvider = {
  provideFoldingRanges: (model) =>
    foldingRanges(model.getValue()).map(({ from, to, comment }) => ({
      start: from,
      end: to,
      // FoldingRangeKind is a class of Monaco's; its comment kind only says what "fold all comments" takes.
      ...(comment && { kind: { value: 'comment' } }),
    })),
};

export function symbolProvider(monaco: Monaco): monacoTypes.languages.DocumentSymbolProvider {
  const { SymbolKind } = monaco.languages as typeof monacoTypes.languages;
  const kinds: Record<DocumentSymbol['kind'], monacoTypes.languages.SymbolKind> = {
    probe: SymbolKind.Event,
    macro: SymbolKind.Function,
    function: SymbolKind.Function,
    map: SymbolKind.Variable,
    type: SymbolKind.Struct,
    config: SymbolKind.Object,
  };
  return {
    provideDocumentSymbols: (model) => {
      const source = model.getValue();
      const lines = new LineMap(source);
      return symbols(source).map(({ name, kind, span }) => {
        const range = rangeOf(lines, span);
        return { name, detail: '', kind: kinds[kind], tags: [], range, selectionRange: range };
      });
    },
  };
}

export interface Fix {
  readonly title: string;
  readonly span: Span;
  readonly text: string;
  /** A mistake is repaired, not only modernised. */
  readonly mistake: boolean;
}

/** Fixes for what touches a part of the text: mistakes, and spellings that have a newer form. */
export function fixesAt(source: string, from: number, to: number): Fix[] {
  const touches = ({ start, end }: Span): boolean => start <= to && from <= end;
  return [...parse(source).diagnostics, ...oldSpellings(source)].flatMap(({ span, fix, severity }) =>
    fix !== undefined && (touches(span) || touches(fix.span)) ? [{ ...fix, mistake: severity === 'error' }] : [],
  );
}

export const fixProvider: monacoTypes.languages.CodeActionProvider = {
  provideCodeActions: (model, range) => {
    const source = model.getValue();
    const lines = new LineMap(source);
    const from = offsetOf(lines, { lineNumber: range.startLineNumber, column: range.startColumn });
    const to = offsetOf(lines, { lineNumber: range.endLineNumber, column: range.endColumn });
    const actions = fixesAt(source, from, to).map(({ title, span, text, mistake }) => ({
      title,
      kind: mistake ? 'quickfix' : 'refactor.rewrite',
      isPreferred: mistake,
      edit: { edits: [{ resource: model.uri, versionId: undefined, textEdit: { range: rangeOf(lines, span), text } }] },
    }));
    return { actions, dispose: () => undefined };
  },
};
