/** What running a query costs the host, in five classes. */
import { Badge, type BadgeColor } from '@grafana/ui';
import type { CostClass } from '@bpfscope/agent/protocol';

const COSTS: Record<CostClass, { color: BadgeColor; text: string }> = {
  negligible: { color: 'green', text: 'Rare events: no measurable cost' },
  measurable: { color: 'green', text: 'Well below one per cent of a CPU on a busy host' },
  significant: { color: 'orange', text: 'Frequent events: about one per cent of the CPUs' },
  expensive: { color: 'orange', text: 'Very frequent events: several per cent of the CPUs' },
  extreme: { color: 'red', text: 'Slows a busy host down noticeably: for a short look only' },
};

export function CostBadge({ cost }: { cost: CostClass }) {
  return <Badge color={COSTS[cost].color} icon="tachometer-fast" text={`cost: ${cost}`} tooltip={COSTS[cost].text} />;
}
