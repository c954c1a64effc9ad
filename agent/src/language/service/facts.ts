/** What an editor wants to know about the host. The plugin asks the agent; without a host `NO_FACTS`. */
export interface FieldFact {
  readonly name: string;
  /** C spelling: `int`, `struct sock *`, `char[16]`. */
  readonly type: string;
}

export interface Facts {
  /** Full names of probes that begin with the text typed so far (`tracepoint:sched:`), at most `limit`. */
  probes(prefix: string, limit: number): Promise<readonly string[]>;
  /** Fields of `args` in a probe, by its full name. */
  args(probe: string): Promise<readonly FieldFact[]>;
  /** Full names of types that begin with the text typed so far (`struct so`, `enum `), at most `limit`. */
  types(prefix: string, limit: number): Promise<readonly string[]>;
  /** Members of `struct name` or `union name`. */
  members(type: string): Promise<readonly FieldFact[]>;
}

export const NO_FACTS: Facts = {
  probes: () => Promise.resolve([]),
  args: () => Promise.resolve([]),
  types: () => Promise.resolve([]),
  members: () => Promise.resolve([]),
};
