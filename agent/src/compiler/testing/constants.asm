# kprobe:vfs_read { @ = 6 * 7 - 2; }
kprobe_vfs_read: kprobe:vfs_read
; 1 | kprobe:vfs_read { @ = 6 * 7 - 2; }
;     @ = 6 * 7 - 2
    0: r0 = map[data][0]
    2: *(u64 *)(r0 +0) = 40
    3: r0 = 0
    4: exit

# kprobe:vfs_read { $unused = arg0 * 3; @ = 1; }
kprobe_vfs_read: kprobe:vfs_read
; 1 | kprobe:vfs_read { $unused = arg0 * 3; @ = 1; }
;     @ = 1
    0: r0 = map[data][0]
    2: *(u64 *)(r0 +0) = 1
    3: r0 = 0
    4: exit

# kprobe:vfs_read { if (1 > 2) { @never = count(); } else { @ = arg1 * 8 / 4; } }
kprobe_vfs_read: kprobe:vfs_read
; 1 | kprobe:vfs_read { if (1 > 2) { @never = count(); } else { @ = arg1 * 8 / 4; } }
;     arg1
    0: r0 = *(u64 *)(r1 +104)
;     arg1 * 8
    1: r0 <<= 3
;     arg1 * 8 / 4
    2: r0 >>= 2
;     @ = arg1 * 8 / 4
    3: r1 = map[data][0]
    5: *(u64 *)(r1 +0) = r0
    6: r0 = 0
    7: exit
