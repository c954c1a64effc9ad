import { readdirSync } from 'node:fs';

const escape = (text: string): string => text.replace(/[.+^${}()|\\]/g, '\\$&');

/** `*`, `?` and `[...]` within one path component. */
export const componentPattern = (glob: string): RegExp => {
  let pattern = '';
  for (let i = 0; i < glob.length; i++) {
    const letter = glob[i] ?? '';
    const close = letter === '[' ? glob.indexOf(']', i + 2) : -1;
    if (letter === '*') pattern += '[^/]*';
    else if (letter === '?') pattern += '[^/]';
    else if (close > 0) {
      pattern += `[${glob
        .slice(i + 1, close)
        .replace(/^!/, '^')
        .replace(/\\/g, '\\\\')
        .replace(/(?<!^)\[/g, '\\[')}]`;
      i = close;
    } else pattern += letter === '[' || letter === ']' ? `\\${letter}` : escape(letter);
  }
  return new RegExp(`^${pattern}$`);
};

const list = (folder: string): string[] => {
  try {
    return readdirSync(folder === '' ? '/' : folder).sort();
  } catch {
    return [];
  }
};

/** Existing paths that an absolute glob matches, in order. */
export const globSync = (glob: string): string[] => {
  let paths = [''];
  for (const component of glob.split('/').filter((each) => each !== '')) {
    if (!/[*?[]/.test(component)) {
      paths = paths.map((path) => `${path}/${component}`);
      continue;
    }
    let pattern: RegExp;
    try {
      pattern = componentPattern(component);
    } catch {
      return [];
    }
    paths = paths.flatMap((path) =>
      list(path)
        .filter((name) => pattern.test(name) && (component.startsWith('.') || !name.startsWith('.')))
        .map((name) => `${path}/${name}`),
    );
  }
  return paths;
};
