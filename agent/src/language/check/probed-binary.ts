/** The program or library that a probe is in. */
import type { AttachSite } from '../attach.ts';
import type { Target, UserBinary } from '../target.ts';

/** null: the probe is in none, or it is gone. The site's path leads into the process's mount namespace already. */
export function probedBinary(target: Target, site: AttachSite | undefined): UserBinary | null {
  if (site?.kind !== 'uprobe' && site?.kind !== 'usdt') return null;
  return target.binaries(site.path, null)[0] ?? null;
}
