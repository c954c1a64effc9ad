/** Names of user addresses in processes that ended long before anybody asked. */
import { describe, expect, it } from 'vitest';
import { runCli } from './cli.ts';

const root = process.getuid?.() === 0;

describe.skipIf(!root)('names of processes that ended (needs root)', () => {
  it('knows a program that lived for a millisecond by what it mapped', async () => {
    const program = 'uprobe:libc:exit /pid == cpid/ { @u[usym(reg("ip"))] = count(); @f[func] = count(); }';
    const { code, stdout } = await runCli(['run', '-q', '-c', '/bin/true', '-e', program]);
    expect(code).toBe(0);
    expect(stdout).toContain('@u[exit]: 1\n');
    expect(stdout).toContain('@f[exit]: 1\n');
  });

  it('names what is printed, too', async () => {
    const program = 'uprobe:libc:exit /pid == cpid/ { printf("at %s\\n", usym(reg("ip"))); }';
    const { stdout } = await runCli(['run', '-q', '-c', '/bin/true', '-e', program]);
    expect(stdout).toContain('at exit\n');
  });
});
