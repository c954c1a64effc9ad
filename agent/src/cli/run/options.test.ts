import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { describe, expect, it, test } from 'vitest';
import { declareOptions, IGNORED, ignoredOptions, readOptions, type Parsed, type RunOptions } from './options.ts';

function read(...words: string[]): RunOptions {
  const command = declareOptions(new Command().exitOverride());
  command.parse(words, { from: 'user' });
  return readOptions(command.args, command.opts<Parsed>());
}

describe('options', () => {
  it('takes features to do without, of those that are known here', () => {
    expect(read('-e', '').without).toEqual([]);
    expect(read('--no-feature', 'kprobe_multi,btf', '--no-feature', 'uprobe_multi').without).toEqual([
      'kprobe_multi',
      'uprobe_multi',
    ]);
  });

  it('says that a file will not be written, and nothing of options that only tune', () => {
    expect(ignoredOptions(['--emit-elf', 'x', '--verify-llvm-ir', '--aot=y'])).toEqual([
      '--emit-elf is ignored: programs are made in memory',
      '--aot is ignored: programs are made in memory, in milliseconds',
    ]);
  });

  it('takes parameters on both sides of --', () => {
    const options = read('-e', 'p', 'one', '--', '--aa=20', '--bb', 'two');
    expect(options.positional).toEqual(['one', 'two']);
    expect(options.named).toEqual({ aa: '20', bb: 'true' });
  });
});

const FILE = new URL('../../../../docs/language.md', import.meta.url);
const START = '<!-- options: UPDATE=1 npx vitest run --project unit agent/src/cli/run/options.test.ts -->\n';
const END = '<!-- end of options -->';

/** Every option with its state. */
function optionTable(): string {
  const ignored = new Map(IGNORED.map(([flags, why]) => [flags, why]));
  const rows = declareOptions(new Command()).options.map(({ flags, description }) => {
    const why = ignored.get(flags);
    return why === undefined ? [flags, description, 'works'] : [flags, '', `accepted, changes nothing: ${why}`];
  });
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const code = rows.map(([flags = '', ...rest]) => line([`\`${flags}\``, ...rest]));
  return ['### Command line', '', line(['Option', 'Meaning', 'State']), line(['---', '---', '---']), ...code].join(
    '\n',
  );
}

test('docs/language.md has all options (UPDATE=1 writes them)', () => {
  const text = readFileSync(FILE, 'utf8');
  const from = text.indexOf(START) + START.length;
  const wanted = `${text.slice(0, from)}\n${optionTable()}\n\n${text.slice(text.indexOf(END))}`;
  expect(from).toBeGreaterThan(START.length);
  if (process.env['UPDATE'] === '1') writeFileSync(FILE, wanted);
  else expect(text).toBe(wanted);
});
