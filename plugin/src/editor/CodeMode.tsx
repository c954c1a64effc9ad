/** Writing bpftrace source: colours and syntax errors at once from the language itself, the agent's opinion a moment later. */
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { CodeEditor, useStyles2, type Monaco, type MonacoEditor } from '@grafana/ui';
import { useEffect, useRef, useState } from 'react';
import type { BpfQuery } from '../../shared/index.ts';
import type { BpfDataSource } from '../datasource.ts';
import { connectHost, LANGUAGE_ID, registerLanguage } from '../language/monaco.ts';
import { CheckLine } from './CheckLine.tsx';
import { toMarkers } from './markers.ts';
import { useCheck } from './use-check.ts';

interface Props {
  datasource: BpfDataSource;
  query: BpfQuery;
  onChange: (source: string) => void;
  onRun: () => void;
}

const LINE_PX = 18;
const LEAST_LINES = 4;
const MOST_LINES = 24;

export function CodeMode({ datasource, query, onChange, onRun }: Props) {
  const styles = useStyles2(getStyles);
  const [mounted, setMounted] = useState<{ editor: MonacoEditor; monaco: Monaco }>();
  const check = useCheck(datasource, query);
  // The editor's commands are registered once and outlive the render they were made in.
  const run = useRef(onRun);
  run.current = onRun;
  const source = useRef(datasource);
  source.current = datasource;

  useEffect(() => {
    const model = mounted?.editor.getModel();
    if (mounted && model) mounted.monaco.editor.setModelMarkers(model, LANGUAGE_ID, toMarkers(check.diagnostics));
  }, [mounted, check.diagnostics]);

  const lines = Math.max(LEAST_LINES, Math.min(MOST_LINES, query.query.split('\n').length + 1));
  return (
    <div className={styles.column}>
      <CodeEditor
        language={LANGUAGE_ID}
        value={query.query}
        height={lines * LINE_PX + 8}
        showMiniMap={false}
        showLineNumbers
        monacoOptions={{
          'semanticHighlighting.enabled': true,
          scrollBeyondLastLine: false,
          lineHeight: LINE_PX,
          fontSize: 13,
          folding: false,
          glyphMargin: false,
          lineNumbersMinChars: 3,
          renderLineHighlight: 'none',
          overviewRulerLanes: 0,
          wordWrap: 'on',
          ariaLabel: 'bpftrace query',
        }}
        onBeforeEditorMount={registerLanguage}
        onEditorDidMount={(editor, monaco) => {
          editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter, () => run.current());
          const model = editor.getModel();
          if (model !== null) {
            connectHost(model, {
              probes: (search, limit) => source.current.probes(search, limit),
              types: (search, limit) => source.current.types(search, limit),
            });
          }
          setMounted({ editor, monaco });
        }}
        onChange={onChange}
        onSave={() => run.current()}
      />
      <CheckLine check={check} />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  column: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(0.5) }),
});
