# kprobe:vfs_read { unroll(3) { @++; } }
kprobe_vfs_read: kprobe:vfs_read
; 1 | kprobe:vfs_read { unroll(3) { @++; } }
;     @++
    0: r0 = map[data][0]
    2: r1 = 1
    3: lock *(u64 *)(r0 +0) += r1
    4: r0 = map[data][0]
    6: r1 = 1
    7: lock *(u64 *)(r0 +0) += r1
    8: r0 = map[data][0]
   10: r1 = 1
   11: lock *(u64 *)(r0 +0) += r1
   12: r0 = 0
   13: exit

# kprobe:vfs_read { for ($i : 0..10) { @[$i] = count(); } }
kprobe_vfs_read: kprobe:vfs_read
; 1 | kprobe:vfs_read { for ($i : 0..10) { @[$i] = count(); } }
;     for ($i : 0..10) { @[$i] = count(); }
    0: r6 = 0
    1: if r6 s>= 10 goto pc+13
    2: r0 = r6
;     $i
    3: *(u64 *)(r10 -8) = r0
;     @[$i] = count()
    4: r1 = map[at_]
    6: r2 = r10
    7: r2 += -8
    8: call map_lookup_elem
    9: if r0 == 0 goto pc+7
   10: r1 = *(u64 *)(r0 +0)
   11: r1 += 1
   12: *(u64 *)(r0 +0) = r1
;     for ($i : 0..10) { @[$i] = count(); }
   13: r6 += 1
   14: goto pc-14
   15: r0 = 0
   16: exit
;     @[$i] = count()
   17: r1 = map[at_]
   19: r2 = r10
   20: r2 += -8
   21: r3 = map[zeros][0]
   23: r4 = 1
   24: call map_update_elem
   25: r1 = map[at_]
   27: r2 = r10
   28: r2 += -8
   29: call map_lookup_elem
   30: if r0 != 0 goto pc-21
   31: call get_smp_processor_id
   32: r0 &= 3
   33: r0 <<= 6
   34: r1 = map[data][0]
   36: r1 += r0
   37: r0 = 1
   38: lock *(u64 *)(r1 +8) += r0
   39: goto pc-27

# kprobe:vfs_read { $i = 0; while ($i < 5) { $i++; } @ = $i; }
kprobe_vfs_read: kprobe:vfs_read
; 1 | kprobe:vfs_read { $i = 0; while ($i < 5) { $i++; } @ = $i; }
    0: *(u32 *)(r10 -72) = 0
    1: r1 = map[scratch]
    3: r2 = r10
    4: r2 += -72
    5: call map_lookup_elem
    6: r6 = r0
    7: if r6 == 0 goto pc+15
    8: *(u64 *)(r10 -8) = r6
    9: *(u64 *)(r6 +0) = 0
;     $i = 0
   10: *(u64 *)(r6 +0) = 0
;     while ($i < 5) { $i++; }
   11: r1 = 8388608
   12: r2 = func pc+12
   14: r3 = r10
   15: r4 = 0
   16: call loop
;     $i
   17: r0 = *(u64 *)(r6 +0)
;     @ = $i
   18: r1 = map[data][0]
   20: *(u64 *)(r1 +0) = r0
   21: r0 = 0
   22: exit
   23: r0 = 0
   24: exit
;     $i
   25: r0 = *(u64 *)(r2 -8)
   26: r1 = *(u64 *)(r0 +0)
;     $i < 5
   27: if r1 s< 5 goto pc+2
;     while ($i < 5) { $i++; }
   28: r0 = 1
   29: exit
;     $i++
   30: r1 = *(u64 *)(r0 +0)
   31: r1 += 1
   32: *(u64 *)(r0 +0) = r1
;     while ($i < 5) { $i++; }
   33: r0 = 0
   34: exit
