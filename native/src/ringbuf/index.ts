/** What programs send to user space: records read in place from rings, wake-ups by a shared timer. */
export * from './perf-buffer.ts';
export * from './poller.ts';
export * from './ring.ts';
export * from './source.ts';
