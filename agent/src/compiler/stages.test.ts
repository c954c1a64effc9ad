/** What `-d ir` and `-d asm` show. */
import { describe, expect, it } from 'vitest';
import { testTarget } from '../language/testing/target.ts';
import { compile, type CompileOptions } from './compile.ts';

const QUERY = `tracepoint:raw_syscalls:sys_enter
/pid != 3/
{
  // A comment.
  @[comm] = sum(
    args.id);
  $x = 5; if ($x > 6) { @never = 1; }
}
`;

const stage = (name: 'ir' | 'asm', query: string, options: CompileOptions = {}): string[] =>
  (compile(query, testTarget, options).stages[name]?.() ?? '').split('\n');

describe('assembly', () => {
  it('has the source lines, their numbers and the parts that instructions come from', () => {
    const comments = stage('asm', QUERY).filter((line) => line.startsWith(';'));
    expect(comments).toEqual([
      '; 2 | /pid != 3/',
      ';     pid',
      ';     pid != 3',
      '; 6 | args.id);',
      ';     args.id',
      '; 5 | @[comm] = sum(',
      ';     comm',
      '; 5 | @[comm] = sum(',
      '; 1 | tracepoint:raw_syscalls:sys_enter',
      '; 5 | @[comm] = sum(',
    ]);
  });

  it('names the file of a line that is not of the query', () => {
    const files = {
      include: () => null,
      import: () => [{ name: 'more.bt', text: 'begin { @a = 1; }\nend { @b = 2; }' }],
    };
    const comments = stage('asm', 'import "more.bt";', { files }).filter((line) => line.includes(' | '));
    expect(comments).toEqual(['; more.bt:1 | begin { @a = 1; }', '; more.bt:2 | end { @b = 2; }']);
  });
});

describe('intermediate representation', () => {
  it('is shown as it was lowered and after each pass that changed it', () => {
    const passes = stage('ir', QUERY).filter((line) => line.startsWith('; after'));
    expect(passes[0]).toBe('; after lower');
    expect(passes).toContain('; after dead-code');
    expect(passes).toContain('; after jumps');
    expect(new Set(passes).size).toBeGreaterThan(3);
  });

  it('says where registers were spilled', () => {
    const sum = Array.from({ length: 30 }, (_, n) => `$v${n} = nsecs;`).join(' ');
    const use = Array.from({ length: 30 }, (_, n) => `$v${n}`).join(' ^ ');
    expect(stage('ir', `kprobe:vfs_read { ${sum} @ = ${use}; }`)).toContain('; after spill');
  });
});
