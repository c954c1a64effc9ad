/** The cheat sheet: examples that run when clicked. */
import { css } from '@emotion/css';
import type { GrafanaTheme2, QueryEditorHelpProps } from '@grafana/data';
import { Text, useStyles2 } from '@grafana/ui';
import { completeQuery, type SavedQuery } from '../saved-query.ts';
import { EXAMPLES, NOTES } from './examples.ts';

export function QueryEditorHelp({ onClickExample, query }: QueryEditorHelpProps<SavedQuery>) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.page}>
      <Text element="h2" variant="h4">
        bpfscope cheat sheet
      </Text>
      {EXAMPLES.map((example) => (
        <section key={example.title}>
          <Text element="h3" variant="h6">
            {example.title}
          </Text>
          <p className={styles.why}>{example.why}</p>
          <button
            type="button"
            className={styles.example}
            aria-label={`Run: ${example.title}`}
            onClick={() =>
              onClickExample({
                ...completeQuery({ ...query, refId: query?.refId ?? 'A' }),
                mode: 'code',
                query: example.query,
                format: example.format,
              })
            }
          >
            {example.query}
          </button>
        </section>
      ))}
      <ul className={styles.notes}>
        {NOTES.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2) }),
  why: css({ margin: 0, color: theme.colors.text.secondary }),
  example: css({
    width: '100%',
    textAlign: 'left',
    whiteSpace: 'pre-wrap',
    fontFamily: theme.typography.fontFamilyMonospace,
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.primary,
    background: theme.colors.background.secondary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    padding: theme.spacing(1),
    '&:hover, &:focus-visible': { borderColor: theme.colors.primary.border },
  }),
  notes: css({ paddingLeft: theme.spacing(2), color: theme.colors.text.secondary }),
});
