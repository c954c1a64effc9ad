import { statSync } from 'node:fs';

/**
 * Whether a path is there and this process may reach it. Not by access(2) as existsSync asks: that forgets the
 * capabilities of a process that is not root.
 */
export const pathExists = (path: string): boolean => {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
};
