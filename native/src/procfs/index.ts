/** What /proc and /sys say about the host and its processes. */
export * from './cgroup.ts';
export * from './clock.ts';
export * from './cpu-generations.ts';
export * from './cpus.ts';
export * from './memory-map.ts';
export * from './namespace.ts';
export * from './process.ts';
export * from './stat.ts';
export * from './user.ts';
