/** Colours: the language's own token classes as Monaco's semantic tokens. */
import { LineMap, tokens, type TokenClass } from '@bpfscope/agent/language';
import type { monacoTypes } from '@grafana/ui';

/** Names that the themes of Grafana and Monaco have colours for. */
const THEME_NAMES: Readonly<Record<TokenClass, string>> = {
  keyword: 'keyword',
  probe: 'type',
  builtin: 'variable',
  function: 'predefined',
  map: 'tag',
  variable: 'attribute.name',
  number: 'number',
  string: 'string',
  comment: 'comment',
  operator: 'delimiter',
  type: 'type',
  identifier: 'identifier',
  directive: 'metatag',
};

const CLASSES = Object.keys(THEME_NAMES) as TokenClass[];

export const legend: monacoTypes.languages.SemanticTokensLegend = {
  tokenTypes: CLASSES.map((name) => THEME_NAMES[name]),
  tokenModifiers: [],
};

const WORDS_PER_TOKEN = 5;

/**
 * Monaco's encoding: five numbers a token (lines and columns from the token before, length, type, modifiers). A token may
 * not span lines, so a long comment becomes one for each of its lines.
 */
export function encodeTokens(source: string): Uint32Array {
  const lines = new LineMap(source);
  const out: number[] = [];
  let lastLine = 1;
  let lastColumn = 1;
  for (const token of tokens(source)) {
    const type = CLASSES.indexOf(token.class);
    const from = lines.position(token.start);
    const to = lines.position(token.end);
    for (let line = from.line; line <= to.line; line++) {
      const column = line === from.line ? from.column : 1;
      const end = line === to.line ? to.column : lines.line(line).length + 1;
      if (end <= column) continue;
      out.push(line - lastLine, line === lastLine ? column - lastColumn : column - 1, end - column, type, 0);
      lastLine = line;
      lastColumn = column;
    }
  }
  return Uint32Array.from(out);
}

export const tokenCount = (encoded: Uint32Array): number => encoded.length / WORDS_PER_TOKEN;

export const semanticTokens: monacoTypes.languages.DocumentSemanticTokensProvider = {
  getLegend: () => legend,
  provideDocumentSemanticTokens: (model) => ({ data: encodeTokens(model.getValue()) }),
  releaseDocumentSemanticTokens: () => undefined,
};
