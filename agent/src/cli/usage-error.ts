/** A mistake on the command line, said in one sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something this host lacks, said in one sentence with the way out. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}
