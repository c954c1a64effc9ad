/** Markdown of the dashboard, made safe by @grafana/data. */
import { renderMarkdown } from '@grafana/data';
import type { PanelProps } from './panel-props.ts';

export function TextPanel({ options }: PanelProps) {
  const content = typeof options['content'] === 'string' ? options['content'] : '';
  return <div className="markdown-html" dangerouslySetInnerHTML={{ __html: renderMarkdown(content) }} />;
}
