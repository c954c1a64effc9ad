import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SourceFiles } from './source-files.ts';

const root = mkdtempSync(join(tmpdir(), 'bpfscope-files-'));
const own = join(root, 'own');
for (const folder of ['own', 'own/below', 'other', 'open']) mkdirSync(join(root, folder));
for (const file of ['own/a.h', 'own/below/a.bt', 'own/below/b.h', 'other/o.h', 'own/x.bpf.c', 'open/w.bt'])
  writeFileSync(join(root, file), `// ${file}\n`);
symlinkSync(join(root, 'other/o.h'), join(own, 'link.h'));
chmodSync(join(root, 'open'), 0o777);

const files = new SourceFiles({ own, includeDirs: [], named: [] });
const codeOf = (answer: unknown): unknown =>
  answer !== null && typeof answer === 'object' && 'code' in answer ? answer.code : null;

describe('files of a query', () => {
  test('are found beside the file that names them', () => {
    expect(files.include('a.h', false, null)).toMatchObject({ name: join(own, 'a.h'), text: '// own/a.h\n' });
    expect(files.include('b.h', false, join(own, 'below/a.bt'))).toMatchObject({ text: '// own/below/b.h\n' });
    expect(files.import('below', null)).toMatchObject([
      { text: '// own/below/a.bt\n' },
      { text: '// own/below/b.h\n' },
    ]);
  });

  test('are found in the folders of -I, which also makes them allowed', () => {
    const more = new SourceFiles({ own, includeDirs: [join(root, 'other')], named: [] });
    expect(more.include('o.h', false, null)).toMatchObject({ text: '// other/o.h\n' });
    expect(more.include('o.h', true, null)).toMatchObject({ text: '// other/o.h\n' });
    expect(more.include('link.h', false, null)).toMatchObject({ text: '// other/o.h\n' });
  });

  test('headers of the kernel and of the C library are not needed', () => {
    for (const header of ['linux/sched.h', 'net/sock.h', 'stdint.h', '../fs/mount.h', 'uapi/linux/ptrace.h'])
      expect(files.include(header, true, null), header).toBeNull();
    expect(codeOf(files.include('mine.h', true, null))).toBe('unknown-header');
  });

  test.each([
    ['../other/o.h', 'file-refused'],
    ['link.h', 'file-refused'],
    [join(root, 'other/o.h'), 'file-refused'],
    ['none.h', 'file-missing'],
  ])('%s is not read', (path, code) => {
    expect(codeOf(files.include(path, false, null))).toBe(code);
  });

  test('what everybody may write to is not imported, and no C', () => {
    const open = new SourceFiles({ own: join(root, 'open'), includeDirs: [], named: [] });
    expect(codeOf(open.import('w.bt', null))).toBe('file-refused');
    expect(codeOf(files.import('x.bpf.c', null))).toBe('unsupported');
  });
});
