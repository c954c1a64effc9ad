import { readFileSync } from 'node:fs';

/** The files whose code a process has mapped, its program first; [] when it has ended. Paths as in its mount namespace. */
export function mappedFiles(pid: number): readonly string[] {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/maps`, 'utf8');
  } catch {
    return [];
  }
  const files = [...text.matchAll(/^\S+ ..x. \S+ \S+ [1-9]\d* +(\/.*)$/gm)].map(([, path = '']) => path);
  return [...new Set(files)].filter((path) => !path.endsWith(' (deleted)'));
}
