import { describe, expect, it } from 'vitest';
import { explainVerifier } from './verifier-message.ts';

describe('the verifier in plain words', () => {
  const cases: readonly [string, RegExp, boolean][] = [
    ['BPF program is too large. Processed 1000001 insn', /too complex.*1000001/, true],
    ['The sequence of 8193 jumps is too complex.', /too many ways/, true],
    ['combined stack size of 2 calls is 544. Too large', /544 bytes of stack/, true],
    ['invalid write to stack R10 off=-520 size=8', /more stack than the 512/, true],
    ['infinite loop detected at insn 12', /cannot see that this loop ends/, true],
    ['program of this type cannot use helper bpf_get_stackid#27', /helper bpf_get_stackid/, true],
    ['unknown func bpf_loop#181', /helper bpf_loop/, true],
    ['access beyond struct task_struct at off 9999 size 8', /end of struct task_struct/, true],
    ["R3 invalid mem access 'scalar'", /use of a pointer/, true],
    ['something never seen', /something never seen/, false],
  ];
  it.each(cases)('%s', (reason, message, fromQuery) => {
    const found = explainVerifier(reason, '');
    expect(found.message).toMatch(message);
    expect(found.fromQuery).toBe(fromQuery);
  });

  it('looks at the end of the log when the last line does not tell', () => {
    const log = 'lots\nBPF program is too large. Processed 5 insn\nprocessed 5 insns (limit 1000000)\n';
    expect(explainVerifier('processed 5 insns', log).message).toContain('too complex');
  });
});
