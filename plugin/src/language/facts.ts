/** What completion and hover ask about the host, answered by the agent's probe search. */
import type { Facts } from '@bpfscope/agent/language';
import type { ProbeSearch } from '@bpfscope/agent/protocol';

export type Probes = (prefix: string, limit: number) => Promise<ProbeSearch>;

const REMEMBERED = 200;

/** Answers are remembered: a kernel's probes change rarely, and typing asks the same again and again. */
export function agentFacts(probes: Probes): Facts {
  const known = new Map<string, Promise<ProbeSearch>>();
  const search = (prefix: string, limit: number): Promise<ProbeSearch> => {
    const key = `${limit} ${prefix}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= REMEMBERED) known.clear();
    const answer = probes(prefix, limit).catch((): ProbeSearch => {
      // An agent that is down is told elsewhere; completion just has nothing to offer, and asks again next time.
      known.delete(key);
      return { probes: [], total: 0 };
    });
    known.set(key, answer);
    return answer;
  };
  return {
    probes: async (prefix, limit) => (await search(prefix, limit)).probes.map(({ name }) => name),
    args: async (probe) => (await search(probe, 1)).probes.find(({ name }) => name === probe)?.args ?? [],
    members: async () => [],
  };
}
