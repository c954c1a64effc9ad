/**
 * Who may ask. The token file has one `NAME ROLE TOKEN` a line; `#` starts a comment. It is made at first start with
 * one admin token, readable by its owner only, and refused when others can read it.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Each role may do what those before it may: catalog metrics; aggregate-only queries; everything the API has. */
export const ROLES = ['viewer', 'editor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export interface Caller {
  readonly name: string;
  readonly role: Role;
}

interface Entry extends Caller {
  readonly digest: Buffer;
}

const MINIMUM_LENGTH = 16;

const digest = (token: string): Buffer => createHash('sha256').update(token).digest();

export const atLeast = (caller: Caller, role: Role): boolean => ROLES.indexOf(caller.role) >= ROLES.indexOf(role);

type TokenEntry = Caller & { readonly token: string };

export class Tokens {
  #entries: readonly Entry[] = [];

  constructor(entries: readonly TokenEntry[]) {
    this.replace(entries);
  }

  /** From now on these count, and only these. */
  replace(entries: readonly TokenEntry[]): void {
    this.#entries = entries.map(({ name, role, token }) => ({ name, role, digest: digest(token) }));
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Compares with every entry in constant time. */
  find(token: string): Caller | null {
    const asked = digest(token);
    let found: Entry | null = null;
    for (const entry of this.#entries) if (timingSafeEqual(entry.digest, asked)) found = entry;
    return found === null ? null : { name: found.name, role: found.role };
  }
}

/** The text of a token file as entries; throws TokenFileError with the line that is wrong. */
export function parseTokens(text: string, path: string): (Caller & { token: string })[] {
  const entries: (Caller & { token: string })[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/#.*/, '').trim();
    if (line === '') continue;
    const place = `${path}:${index + 1}`;
    const [name, role, token, ...rest] = line.split(/\s+/);
    if (name === undefined || role === undefined || token === undefined || rest.length > 0)
      throw new TokenFileError(`${place}: write one NAME ROLE TOKEN a line.`);
    if (!isRole(role)) throw new TokenFileError(`${place}: the role is one of ${ROLES.join(', ')}, not "${role}".`);
    if (token.length < MINIMUM_LENGTH)
      throw new TokenFileError(`${place}: a token has at least ${MINIMUM_LENGTH} characters.`);
    entries.push({ name, role, token });
  }
  if (entries.length === 0) throw new TokenFileError(`${path} has no token; remove the file to get a new one.`);
  return entries;
}

export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

export class TokenFileError extends Error {
  override name = 'TokenFileError';
}

/** Root keeps it under /var/lib, others under the XDG state directory. */
export function defaultTokenFile(env: NodeJS.ProcessEnv = process.env, uid = process.getuid?.() ?? -1): string {
  if (env['BPFSCOPE_TOKEN_FILE']) return env['BPFSCOPE_TOKEN_FILE'];
  // Of a systemd unit with StateDirectory=; the first of several.
  if (env['STATE_DIRECTORY']) return join(env['STATE_DIRECTORY'].split(':')[0] ?? '', 'tokens');
  if (uid === 0) return '/var/lib/bpfscope/tokens';
  return join(env['XDG_STATE_HOME'] ?? join(env['HOME'] ?? '/tmp', '.local/state'), 'bpfscope/tokens');
}

/** One by one: Node's recursive mkdir never returns for folders in file systems like /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** Reads the file, making it first when there is none. `BPFSCOPE_TOKEN` in the environment is one more, an admin's. */
export function openTokens(path: string, env: NodeJS.ProcessEnv = process.env): { tokens: Tokens; created: boolean } {
  const created = !existsSync(path);
  if (created) {
    makeFolder(dirname(path));
    const token = randomBytes(32).toString('base64url');
    const text = `# bpfscope: one NAME ROLE TOKEN a line; roles: ${ROLES.join(', ')}.\nfirst admin ${token}\n`;
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
    chmodSync(path, 0o600);
  }
  return { tokens: new Tokens(readTokens(path, env)), created };
}

function readTokens(path: string, env: NodeJS.ProcessEnv): readonly TokenEntry[] {
  if ((statSync(path).mode & 0o077) !== 0) throw new TokenFileError(`${path} can be read by others: chmod 600 ${path}`);
  const entries = parseTokens(readFileSync(path, 'utf8'), path);
  const extra = env['BPFSCOPE_TOKEN'];
  if (extra !== undefined && extra !== '') {
    if (extra.length < MINIMUM_LENGTH)
      throw new TokenFileError(`BPFSCOPE_TOKEN has fewer than ${MINIMUM_LENGTH} characters.`);
    entries.push({ name: 'environment', role: 'admin', token: extra });
  }
  return entries;
}

/**
 * Reads the file again whenever it changed (looked at every `everyMs`). A file that is wrong or gone changes nothing:
 * the tokens stay, and `report` is told why. Returns how to stop.
 */
export function followTokens(
  path: string,
  tokens: Tokens,
  report: (outcome: { readonly tokens: number } | { readonly problem: string }) => void,
  { everyMs = 2000, env = process.env }: { readonly everyMs?: number; readonly env?: NodeJS.ProcessEnv } = {},
): () => void {
  let seen = stampOf(path);
  const look = (): void => {
    const now = stampOf(path);
    if (now === seen) return;
    seen = now;
    try {
      tokens.replace(readTokens(path, env));
      report({ tokens: tokens.size });
    } catch (error) {
      report({ problem: error instanceof Error ? error.message : String(error) });
    }
  };
  const timer = setInterval(look, everyMs).unref();
  return () => clearInterval(timer);
}

/** Another one for every change of the file. */
function stampOf(path: string): string {
  const file = statSync(path, { throwIfNoEntry: false });
  return file === undefined ? 'gone' : [file.ino, file.mtimeMs, file.ctimeMs, file.size].join();
}
