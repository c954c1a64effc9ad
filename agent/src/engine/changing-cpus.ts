/** CPUs that go away and come back under a query: what is attached to each of them is attached there again. */
import type { CpuLinks } from '@bpfscope/native/link';

interface Followed {
  readonly links: CpuLinks;
  /** Of the probe. */
  readonly name: string;
}

export class ChangingCpus {
  readonly #followed: Followed[] = [];
  /** What was told, each once. */
  readonly #texts = new Set<string>();

  add(links: CpuLinks, name: string): void {
    this.#followed.push({ links, name });
  }

  get texts(): readonly string[] {
    return [...this.#texts];
  }

  /** To be called now and then; returns what is new to tell. */
  follow(): readonly string[] {
    const news = this.#followed.flatMap(({ links, name }) => {
      try {
        return links.follow().map((cpu) => told(name, cpu, links.any));
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        return [`a CPU came online, and ${name} sees nothing of it: ${error.message}`];
      }
    });
    const fresh = news.filter((text) => !this.#texts.has(text));
    for (const text of fresh) this.#texts.add(text);
    return fresh;
  }
}

const told = (name: string, cpu: number, any: boolean): string =>
  any
    ? `the CPU of ${name} went offline: it goes on on CPU ${cpu}, a second late or less`
    : `CPU ${cpu} came online: ${name} may have seen nothing of its first second`;
