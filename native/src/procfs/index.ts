/** What /proc and /sys say about the host and its processes. */
export * from './cpus.ts';
