import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { atLeast, defaultTokenFile, followTokens, openTokens, parseTokens } from './tokens.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));
const file = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'bpfscope-tokens-'));
  folders.push(folder);
  return join(folder, 'state/tokens');
};

describe('token file', () => {
  it('is made at first start, for its owner only, with a token that is accepted', () => {
    const path = file();
    expect(openTokens(path, {}).created).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const [entry] = parseTokens(readFileSync(path, 'utf8'), path);
    const { tokens, created } = openTokens(path, {});
    expect(created).toBe(false);
    expect(tokens.find(entry?.token ?? '')).toEqual({ name: 'first', role: 'admin' });
    expect(tokens.find('something else')).toBeNull();
  });

  it('fails where no folder can be made', () => {
    expect(() => openTokens('/proc/nowhere/at/all', {})).toThrow(/ENOENT|EACCES|EPERM/);
  });

  it('is refused when others can read it', () => {
    const path = file();
    openTokens(path, {});
    chmodSync(path, 0o644);
    expect(() => openTokens(path, {})).toThrow(/chmod 600/);
  });

  it('is read again when it changes; what is wrong changes nothing', async () => {
    const path = file();
    const { tokens } = openTokens(path, {});
    const outcomes: object[] = [];
    const [first] = parseTokens(readFileSync(path, 'utf8'), path);
    const stop = followTokens(path, tokens, (outcome) => outcomes.push(outcome), { everyMs: 20, env: {} });
    const replace = (text: string): void => {
      writeFileSync(`${path}.new`, text, { mode: 0o600 });
      renameSync(`${path}.new`, path);
    };
    try {
      replace('grafana viewer 0123456789abcdef\nops admin fedcba9876543210\n');
      await expect.poll(() => outcomes).toEqual([{ tokens: 2 }]);
      expect(tokens.find(first?.token ?? '')).toBeNull();
      expect(tokens.find('0123456789abcdef')).toEqual({ name: 'grafana', role: 'viewer' });
      replace('grafana reader 0123456789abcdef\n');
      await expect.poll(() => outcomes.length).toBe(2);
      expect(JSON.stringify(outcomes[1])).toContain('viewer, editor, admin');
      rmSync(path);
      await expect.poll(() => outcomes.length).toBe(3);
      expect(tokens.find('0123456789abcdef')?.role).toBe('viewer');
      replace('grafana editor 0123456789abcdef\n');
      await expect.poll(() => tokens.find('0123456789abcdef')?.role).toBe('editor');
    } finally {
      stop();
    }
  });

  it('lies where systemd says', () => {
    expect(defaultTokenFile({ STATE_DIRECTORY: '/var/lib/private/bpfscope:/x' }, 65534)).toBe(
      '/var/lib/private/bpfscope/tokens',
    );
  });

  it('takes one more token from the environment', () => {
    const { tokens } = openTokens(file(), { BPFSCOPE_TOKEN: 'a-long-enough-token' });
    expect(tokens.find('a-long-enough-token')?.role).toBe('admin');
    expect(() => openTokens(file(), { BPFSCOPE_TOKEN: 'short' })).toThrow(/BPFSCOPE_TOKEN/);
  });

  it.each([
    ['grafana viewer', /NAME ROLE TOKEN/],
    ['a viewer b c d', /NAME ROLE TOKEN/],
    ['grafana reader 0123456789abcdef', /viewer, editor, admin/],
    ['grafana viewer short', /16 characters/],
    ['# nothing', /no token/],
  ])('names what is wrong in %j', (text, message) => expect(() => parseTokens(text, 'tokens')).toThrow(message));

  it('names the line', () => expect(() => parseTokens('\n\nx y z\n', 'tokens')).toThrow(/^tokens:3: /));
});

describe('roles', () => {
  it('include the lesser ones', () => {
    expect(atLeast({ name: 'x', role: 'editor' }, 'viewer')).toBe(true);
    expect(atLeast({ name: 'x', role: 'editor' }, 'admin')).toBe(false);
  });
});

describe('defaultTokenFile', () => {
  it('is under /var/lib for root and under the state directory for others', () => {
    expect(defaultTokenFile({ HOME: '/home/a' }, 0)).toBe('/var/lib/bpfscope/tokens');
    expect(defaultTokenFile({ HOME: '/home/a' }, 1000)).toBe('/home/a/.local/state/bpfscope/tokens');
    expect(defaultTokenFile({ XDG_STATE_HOME: '/s' }, 1000)).toBe('/s/bpfscope/tokens');
  });
});
