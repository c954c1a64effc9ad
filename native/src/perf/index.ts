/** Perf events: what programs are attached to, and the ring that carries samples on kernels without BPF ring buffers. */
export * from './event.ts';
export * from './pmu.ts';
export * from './ring.ts';
export * from './task-events.ts';
