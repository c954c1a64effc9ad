/** Ring buffers: records read in place, wake-ups by a shared timer. */
export * from './poller.ts';
export * from './ring.ts';
