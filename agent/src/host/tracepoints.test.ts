import { describe, expect, it } from 'vitest';
import { parseFormat } from '@bpfscope/native/tracefs';
import { toTracepoint } from './tracepoints.ts';

const FORMAT = `name: sys_enter_demo
ID: 700
format:
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;
\tfield:int dfd;\toffset:16;\tsize:8;\tsigned:0;
\tfield:const char * filename;\toffset:24;\tsize:8;\tsigned:0;
\tfield:char rwbs[10];\toffset:34;\tsize:10;\tsigned:0;
\tfield:__data_loc char[] cmd;\toffset:60;\tsize:4;\tsigned:0;
\tfield:unsigned long args[6];\toffset:64;\tsize:48;\tsigned:0;
`;

describe('tracepoint fields', () => {
  const types = (category: string) =>
    Object.fromEntries(toTracepoint(category, 'demo', parseFormat(FORMAT), null).fields.map((f) => [f.name, f]));

  it('takes sizes from the record and leaves common fields out', () => {
    const fields = types('block');
    expect(Object.keys(fields)).toEqual(['dfd', 'filename', 'rwbs', 'cmd', 'args']);
    expect(fields['dfd']?.type).toEqual({ kind: 'int', size: 8, signed: true });
    expect(fields['rwbs']?.type).toEqual({ kind: 'string', size: 10 });
    expect(fields['args']?.type).toEqual({ kind: 'array', of: { kind: 'int', size: 8, signed: false }, count: 6 });
    expect(fields['cmd']).toMatchObject({ dynamic: 'data_loc', type: { kind: 'pointer', space: 'kernel' } });
  });

  it('has nothing of a system call that its programs are not given', () => {
    expect(Object.keys(types('syscalls'))).toEqual(['dfd', 'filename', 'rwbs', 'args']);
  });

  it('knows that pointers of system calls point into the process', () => {
    expect(types('syscalls')['filename']?.type).toMatchObject({ kind: 'pointer', space: 'user' });
    expect(types('block')['filename']?.type).toMatchObject({ kind: 'pointer', space: 'kernel' });
  });
});
