/**
 * Flags of page allocations as the kernel prints them (%pGg): groups first, then single flags, the rest in hexadecimal.
 * The bits are those of Linux 5.10 to 7.2 (kernel: include/linux/gfp_types.h); none of these has moved.
 */
const FLAGS: readonly (readonly [name: string, bits: bigint])[] = [
  ['GFP_TRANSHUGE', 0x1c24can],
  ['GFP_TRANSHUGE_LIGHT', 0x1c20can],
  ['GFP_HIGHUSER_MOVABLE', 0x100ccan],
  ['GFP_HIGHUSER', 0x100cc2n],
  ['GFP_USER', 0x100cc0n],
  ['GFP_KERNEL_ACCOUNT', 0x400cc0n],
  ['GFP_KERNEL', 0xcc0n],
  ['GFP_NOFS', 0xc40n],
  ['GFP_ATOMIC', 0x820n],
  ['GFP_NOIO', 0xc00n],
  ['GFP_NOWAIT', 0x800n],
  ['GFP_DMA', 0x1n],
  ['__GFP_HIGHMEM', 0x2n],
  ['GFP_DMA32', 0x4n],
  ['__GFP_MOVABLE', 0x8n],
  ['__GFP_RECLAIMABLE', 0x10n],
  ['__GFP_HIGH', 0x20n],
  ['__GFP_IO', 0x40n],
  ['__GFP_FS', 0x80n],
  ['__GFP_ZERO', 0x100n],
  ['__GFP_DIRECT_RECLAIM', 0x400n],
  ['__GFP_WRITE', 0x1000n],
  ['__GFP_NOWARN', 0x2000n],
  ['__GFP_RETRY_MAYFAIL', 0x4000n],
  ['__GFP_NOFAIL', 0x8000n],
  ['__GFP_NORETRY', 0x10000n],
  ['__GFP_MEMALLOC', 0x20000n],
  ['__GFP_COMP', 0x40000n],
  ['__GFP_NOMEMALLOC', 0x80000n],
  ['__GFP_HARDWALL', 0x100000n],
  ['__GFP_THISNODE', 0x200000n],
  ['__GFP_ACCOUNT', 0x400000n],
];

export function gfpText(flags: bigint): string {
  if (flags === 0n) return 'none';
  const names: string[] = [];
  let rest = flags;
  for (const [name, bits] of FLAGS) {
    if ((rest & bits) !== bits) continue;
    names.push(name);
    rest &= ~bits;
  }
  if (rest !== 0n) names.push(`0x${rest.toString(16)}`);
  return names.join('|');
}
