import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTool, SOURCE, Workshop } from '@bpfscope/native/testing';
import { hostTarget } from '../engine/host-target.ts';
import { checked } from '../language/testing/checked.ts';
import { typeName } from '../language/type-name.ts';
import { searchProbes } from '../routes/probe-search.ts';

describe.skipIf(!hasTool('gcc'))('functions of programs', () => {
  const shop = new Workshop();
  const program = shop.path('program');
  beforeAll(() => {
    shop.write('a.c', SOURCE);
    shop.run('gcc', '-g', '-o', 'program', 'a.c');
  });
  afterAll(() => shop.close());

  const messages = (body: string): string[] =>
    checked(`uprobe:${program}:work ${body}`, {}, hostTarget()).diagnostics.map(({ message }) => message);

  it('have parameters with types', () => {
    const [binary] = hostTarget().binaries(program, null);
    const symbol = binary?.symbols().find(({ name }) => name === 'work');
    const found = binary?.prototype('work', symbol?.offset ?? 0);
    expect(found?.params.map(({ name, type }) => `${typeName(type)} ${name}`)).toEqual([
      'int8 * name',
      'struct point * p',
      'int32 n',
      'uint8 flag',
      'enum color c',
      'uint64 d',
      'int64 g',
      'int64 h',
    ]);
    expect(binary?.prototype('work', (symbol?.offset ?? 0) + 1)).toBeNull();
    // What the compiler made of a function has its own arguments.
    const copy = binary?.prototype('work.constprop.0', symbol?.offset ?? 0);
    expect(copy?.params.every(({ place }) => place?.kind === 'nowhere')).toBe(true);
  });

  it('are checked', () => {
    expect(messages('{ @[str(args.name)] = sum(args.p.in.x + args.p->next.y + args.p.b); }')).toEqual([]);
    expect(messages('{ @ = args.p.in.nothing; }')).toEqual(['struct inner has no field nothing.']);
    expect(messages('{ @ = args.p.in.tag; print(args.p.in.tag); }')).toEqual([]);
    expect(messages('{ @ = args.d; }')[0]).toMatch(/^args\.d cannot be read: it is a floating-point number/);
    expect(messages('{ print(args); }')[0]).toMatch(/^args\.d is left out/);
  });

  it('are found by the editor, with their parameters', () => {
    const found = searchProbes(hostTarget(), `uprobe:${program}:wor`, 5);
    expect(found.probes.map(({ name }) => name)).toEqual([`uprobe:${program}:work`]);
    // Without those that no query can read.
    expect(found.probes[0]?.args.map(({ name }) => name)).toEqual(['name', 'p', 'n', 'flag', 'c', 'g', 'h']);
  });
});
