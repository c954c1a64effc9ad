/** Names of kernel features, as `requires` of the tables has them, in words. */

/** `helper:bpf_jiffies64` is `the helper bpf_jiffies64`. */
export function featureWords(names: readonly string[]): string {
  return names
    .map((name) => name.replace(/^helper:/, 'the helper ').replace(/^kfunc:/, 'the kernel function '))
    .join(' or ');
}
