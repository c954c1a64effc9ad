/** Stacks as a flame graph, root on top as in Grafana. A click makes a box fill the width, one on the root undoes it. */
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { useMemo, useState } from 'react';
import { EmptyPanel } from './EmptyPanel.tsx';
import { isFlameGraph } from './frames.ts';
import { toFlames, valueText, within, type Box } from './flame-graph/model.ts';
import type { PanelProps } from './panel-props.ts';

const ROW_PX = 20;
/** Narrower boxes cannot be seen, and there are many of them. */
const LEAST_PX = 0.7;
const LEAST_LABEL_PX = 28;

export function FlameGraphPanel({ frames, width, height, title }: PanelProps) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const frame = frames.find(isFlameGraph);
  const flames = useMemo(() => (frame === undefined ? null : toFlames(frame)), [frame]);
  const [focused, setFocused] = useState('');
  if (flames === null || flames.boxes[0] === undefined) return <EmptyPanel frames={frames} wants="stacks" />;

  const { boxes, unit } = flames;
  const root = flames.boxes[0];
  const focus = boxes.find((box) => box.path === focused) ?? root;
  const shown = within(boxes, focus);
  const scale = focus.value > 0 ? width / focus.value : 0;
  return (
    <div className={styles.scroll} style={{ height }} role="tree" aria-label={title} data-testid="flame-graph">
      <div style={{ position: 'relative', height: flames.depth * ROW_PX }}>
        {shown.map((box) => {
          const left = Math.max(0, (box.start - focus.start) * scale);
          const room = box.level <= focus.level ? width : box.value * scale;
          if (room < LEAST_PX) return null;
          const share = root.value > 0 ? ((100 * box.value) / root.value).toFixed(2) : '0';
          const text = `${box.label}: ${valueText(box.value, unit)} (${share} %), self ${valueText(box.self, unit)}`;
          return (
            <button
              key={box.index}
              type="button"
              role="treeitem"
              aria-level={box.level + 1}
              className={styles.box}
              style={{ left, top: box.level * ROW_PX, width: Math.max(1, room - 1), background: colour(box, theme) }}
              title={text}
              aria-label={text}
              onClick={() => setFocused(box.path)}
            >
              {room > LEAST_LABEL_PX ? box.label : ''}
            </button>
          );
        })}
      </div>
    </div>
  );
}

/** The same function has the same colour everywhere. */
function colour({ label, level }: Box, theme: GrafanaTheme2): string {
  if (level === 0) return theme.colors.background.secondary;
  let hash = 0;
  for (const character of label) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  const hue = 8 + (hash % 46);
  return theme.isDark ? `hsl(${hue} 62% 38%)` : `hsl(${hue} 85% 72%)`;
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({ overflowY: 'auto', overflowX: 'hidden' }),
  box: css({
    position: 'absolute',
    height: ROW_PX - 1,
    padding: '0 4px',
    border: 'none',
    borderRadius: 2,
    overflow: 'hidden',
    whiteSpace: 'nowrap',
    textOverflow: 'ellipsis',
    textAlign: 'left',
    fontSize: 11,
    color: theme.colors.text.primary,
    '&:hover, &:focus-visible': { filter: 'brightness(1.25)' },
  }),
});
