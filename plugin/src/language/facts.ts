/** What completion and hover ask about the host, answered by the agent's searches. */
import type { Facts } from '@bpfscope/agent/language';
import type { ProbeSearch, TypeSearch } from '@bpfscope/agent/protocol';

/** Searches by name and wildcards. */
export interface Host {
  probes(search: string, limit: number): Promise<ProbeSearch>;
  types(search: string, limit: number): Promise<TypeSearch>;
}

type Search<Found> = (search: string, limit: number) => Promise<Found>;

const REMEMBERED = 200;

/** Answers are remembered: a kernel's probes and types change rarely, and typing asks the same again and again. */
function remembered<Found>(ask: Search<Found>, nothing: Found): Search<Found> {
  const known = new Map<string, Promise<Found>>();
  return (search, limit) => {
    const key = `${limit} ${search}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= REMEMBERED) known.clear();
    const answer = ask(search, limit).catch((): Found => {
      // An agent that is down is told elsewhere; completion just has nothing to offer, and asks again next time.
      known.delete(key);
      return nothing;
    });
    known.set(key, answer);
    return answer;
  };
}

export function agentFacts(host: Host): Facts {
  const probes = remembered<ProbeSearch>((search, limit) => host.probes(search, limit), { probes: [], total: 0 });
  const types = remembered<TypeSearch>((search, limit) => host.types(search, limit), { types: [], total: 0 });
  return {
    probes: async (prefix, limit) => (await probes(`${prefix}*`, limit)).probes.map(({ name }) => name),
    args: async (probe) => (await probes(`${probe}*`, 1)).probes.find(({ name }) => name === probe)?.args ?? [],
    types: async (prefix, limit) => (await types(`${prefix}*`, limit)).types.map(({ name }) => name),
    members: async (type) => (type === '' ? [] : ((await types(type, 1)).types[0]?.members ?? [])),
  };
}
