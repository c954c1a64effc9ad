import { describe, expect, it } from 'vitest';
import { parseFormat } from './format.ts';

const FORMAT = `name: probe_me
ID: 317
format:
\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

\tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;
\tfield:const char * path;\toffset:24;\tsize:8;\tsigned:0;
\tfield:__data_loc char[] cmd;\toffset:32;\tsize:4;\tsigned:0;
\tfield:unsigned long args[6];\toffset:40;\tsize:48;\tsigned:0;
\tfield:enum zone_type zone;\toffset:88;\tsize:4;\tsigned:0;

print fmt: "%s", REC->comm
`;

describe('tracepoint format', () => {
  it('reads name, id and fields with their arrays', () => {
    const format = parseFormat(FORMAT);
    expect(format).toMatchObject({ name: 'probe_me', id: 317 });
    expect(format.fields.map((f) => [f.type, f.name, f.offset, f.size, f.signed, f.count])).toEqual([
      ['unsigned short', 'common_type', 0, 2, false, null],
      ['int', 'common_pid', 4, 4, true, null],
      ['char', 'comm', 8, 16, false, 16],
      ['const char *', 'path', 24, 8, false, null],
      ['__data_loc char[]', 'cmd', 32, 4, false, null],
      ['unsigned long', 'args', 40, 48, false, 6],
      ['enum zone_type', 'zone', 88, 4, false, null],
    ]);
  });

  it('skips what is no field', () => {
    expect(parseFormat('nonsense\nfield:;\n').fields).toEqual([]);
  });
});
