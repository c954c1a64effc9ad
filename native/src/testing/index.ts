/** What tests of other workspaces need of this one. */
export { FakeKernel } from '../sys/fake-kernel.ts';
export { hasTool, SOURCE, Workshop } from '../dwarf/testing.ts';
export { assemble, instruction } from '../features/tiny-program.ts';
