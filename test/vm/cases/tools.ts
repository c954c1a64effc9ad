/** The tools of the conformance cases, which mostly need kernel functions: each is attached once, all by one process. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from '../case.ts';
import { ROOT } from '../paths.ts';

const FOLDER = join(ROOT, 'test', 'conformance', 'tools');

/** Those whose parameter is a program with USDT probes run on the host. */
const scripts = readdirSync(FOLDER)
  .map((file) => ({ file, text: readFileSync(join(FOLDER, file), 'utf8') }))
  .filter(({ text }) => !text.includes('usdt:$1'));

const written = scripts.map(({ file, text }) => `cat > ${file} <<'END_OF_SCRIPT'\n${text}\nEND_OF_SCRIPT`).join('\n');

/** What a kernel or its CPU may lack; anything else is our mistake. */
const LACKING = [
  'None of the probes is there',
  'The kernel has no symbol',
  'The type of @\\w+ cannot be found',
  'struct \\w+ has no field',
  'tracepoint:\\S+ has no field',
  'struct \\w+ is only declared',
  'There is no struct',
  "Unknown identifier: '[A-Z0-9_]+'",
  "Unknown register '(di|si|ip)'",
].join('|');

export const tools: readonly Case[] = [
  {
    id: 'tools/attach',
    command: `mkdir /tmp/tools; cd /tmp/tools\n${written}
BPFTRACE_MISSING_PROBES=warn bpfscope check --attach --param 1 --param 2 *.bt || true`,
    // Of 158: the others need modules, or functions and fields that this kernel does not have.
    expect: [/^1[3-5]\d of \d+ scripts attached$/m],
    reject: [new RegExp(`ERROR: (?!${LACKING})`)],
    long: true,
    timeout: 900,
  },
];
