import { readFileSync } from 'node:fs';

/** uid to login name, by a passwd(5) file. */
export const parsePasswd = (text: string): ReadonlyMap<number, string> => {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':');
    if (name === undefined || uid === undefined || uid === '' || names.has(Number(uid))) continue;
    names.set(Number(uid), name);
  }
  return names;
};

/** Local users only: a name service could block. */
export const readUsers = (): ReadonlyMap<number, string> => {
  try {
    return parsePasswd(readFileSync('/etc/passwd', 'utf8'));
  } catch {
    return new Map();
  }
};
