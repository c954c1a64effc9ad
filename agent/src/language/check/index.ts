/** The semantic half of the front end. */
export { check } from './check.ts';
export type { CheckResult } from './check.ts';
export { configFromText, describeValues } from './config.ts';
export { parseFormat } from './format.ts';
export type { CheckOptions } from './options.ts';
