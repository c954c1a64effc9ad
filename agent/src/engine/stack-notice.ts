/** Something about the stacks of a query that whoever reads its numbers should know. */
export interface StackNotice {
  /** Nothing is wrong with it. */
  readonly isInfo?: true;
  /** As in the API's notices. */
  readonly code: string;
  readonly text: string;
  /** Stacks, or samples, that it is about. */
  readonly samples: number;
}

/** `1 sample`, `2 samples` */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
