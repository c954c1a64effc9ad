/** What this kernel can do, found out by trying. */
export type { Feature } from './feature.ts';
export { findBtfIds, findKfunc } from './btf-ids.ts';
export * from './probe.ts';
export { featureLack } from './lack.ts';
export type { Lack } from './lack.ts';
export { hostSettings } from './host-settings.ts';
export type { HostSetting } from './host-settings.ts';
export { kernelConfig, missingOption } from './kernel-config.ts';
export { hasSeccompFilter, missingPrivileges, privileges } from './privileges.ts';
export { lackOf, privilegeRefusal } from './refusal.ts';
export type { PrivilegeRefusal } from './refusal.ts';
export type { Privilege } from './privileges.ts';
