import type { Case } from '../case.ts';

/** What only the library can ask of a kernel (guest-programs/attach.ts); figures are in the log. */
const program = (what: string): string => `BUN_BE_BUN=1 bpfscope run /programs/attach.js ${what}`;

export const attaching: readonly Case[] = [
  {
    id: 'attach/thousand-kprobes',
    command: program('times'),
    expect: [
      /^100 kprobes one by one: attached in [\d.]+ ms$/m,
      /^1000 kprobes in one call: attached in [\d.]+ ms$|^not in one call: (needs Linux 5\.18|the kernel was built without)/m,
    ],
    figures: /^\d+ kprobes .*$|^a function in one call .*$/gm,
    timeout: 120,
  },
  {
    id: 'attach/kprobe-session',
    command: program('session'),
    expect: [
      /^one function, one session: 50000 entries, 50000 returns of 50000 calls|^no sessions: (needs Linux 6\.10|the kernel was built)/m,
      /^one function, two links: 50000 entries, 50000 returns of 50000 calls|^no sessions/m,
      /^\d+ functions, one session: 50000 entries, 50000 returns of 50000 calls|^no sessions/m,
    ],
    figures: /^(nothing attached|one function, |\d+ functions, ).*$/gm,
  },
];
