# kprobe:vfs_read { @start[tid] = nsecs; }
kprobe_vfs_read: kprobe:vfs_read
; 1 | kprobe:vfs_read { @start[tid] = nsecs; }
;     nsecs
    0: call ktime_get_boot_ns
    1: *(u64 *)(r10 -8) = r0
;     tid
    2: call get_current_pid_tgid
    3: *(u32 *)(r10 -16) = r0
;     @start[tid] = nsecs
    4: r1 = map[at_start]
    6: r2 = r10
    7: r2 += -16
    8: r3 = r10
    9: r3 += -8
   10: r4 = 0
   11: call map_update_elem
   12: if r0 != 0 goto pc+2
   13: r0 = 0
   14: exit
;     @start[tid] = nsecs
   15: call get_smp_processor_id
   16: r0 &= 3
   17: r0 <<= 6
   18: r1 = map[data][0]
   20: r1 += r0
   21: r0 = 1
   22: lock *(u64 *)(r1 +8) += r0
   23: goto pc-11

# kprobe:vfs_read { @x = arg0; @x += 2; @x++; }
kprobe_vfs_read: kprobe:vfs_read
; 1 | kprobe:vfs_read { @x = arg0; @x += 2; @x++; }
;     arg0
    0: r0 = *(u64 *)(r1 +112)
;     @x = arg0
    1: r1 = map[data][0]
    3: *(u64 *)(r1 +0) = r0
;     @x += 2
    4: r0 = map[data][0]
    6: r1 = 2
    7: lock *(u64 *)(r0 +0) += r1
;     @x++
    8: r0 = map[data][0]
   10: r1 = 1
   11: lock *(u64 *)(r0 +0) += r1
   12: r0 = 0
   13: exit

# kretprobe:vfs_read /@start[tid]/ { @ = hist(nsecs - @start[tid]); delete(@start[tid]); } BEGIN { @start[0] = nsecs; }
kretprobe_vfs_r: kretprobe:vfs_read
; 1 | kretprobe:vfs_read /@start[tid]/ { @ = hist(nsecs - @start[tid]); delete(@start[tid]); } BEGIN { @start[0] = nsecs; }
;     tid
    0: call get_current_pid_tgid
    1: r6 = r0
    2: *(u32 *)(r10 -8) = r6
;     @start[tid]
    3: r1 = map[at_start]
    5: r2 = r10
    6: r2 += -8
    7: call map_lookup_elem
    8: if r0 == 0 goto pc+64
    9: r7 = *(u64 *)(r0 +0)
   10: if r7 == 0 goto pc+62
;     nsecs
   11: call ktime_get_boot_ns
;     nsecs - @start[tid]
   12: r8 = r0
   13: r8 -= r7
;     @ = hist(nsecs - @start[tid])
   14: call get_smp_processor_id
   15: r0 &= 3
   16: r0 <<= 10
   17: r1 = map[data][0]
   19: r7 = r1
   20: r7 += r0
   21: r0 = 0
   22: if r8 s< 0 goto pc+37
   23: if r8 >= 1 goto pc+2
   24: r0 = 1
   25: goto pc+34
   26: w0 = -1
   27: r0 -= r8
   28: r0 >>= 63
   29: r0 <<= 5
   30: r8 >>= r0
   31: r1 = 65535
   32: r1 -= r8
   33: r1 >>= 63
   34: r1 <<= 4
   35: r8 >>= r1
   36: r0 |= r1
   37: r1 = 255
   38: r1 -= r8
   39: r1 >>= 63
   40: r1 <<= 3
   41: r8 >>= r1
   42: r0 |= r1
   43: r1 = 15
   44: r1 -= r8
   45: r1 >>= 63
   46: r1 <<= 2
   47: r8 >>= r1
   48: r0 |= r1
   49: r1 = 3
   50: r1 -= r8
   51: r1 >>= 63
   52: r1 <<= 1
   53: r8 >>= r1
   54: r0 |= r1
   55: r8 >>= 1
   56: r0 |= r8
   57: r0 += 1
   58: r0 &= 63
   59: r0 += 1
   60: r0 <<= 3
   61: r0 += r7
   62: r1 = *(u64 *)(r0 +16)
   63: r1 += 1
   64: *(u64 *)(r0 +16) = r1
;     tid
   65: *(u32 *)(r10 -8) = r6
;     delete(@start[tid])
   66: r1 = map[at_start]
   68: r2 = r10
   69: r2 += -8
   70: call map_delete_elem
   71: r6 = r0
   72: if r6 != 0 goto pc+2
;     kretprobe:vfs_read /@start[tid]/ { @ = hist(nsecs - @start[tid]); delete(@start[tid]); }
   73: r0 = 0
   74: exit
;     delete(@start[tid])
   75: r1 = map[ring]
   77: r2 = 16
   78: r3 = 0
   79: call ringbuf_reserve
   80: if r0 == 0 goto pc+6
   81: *(u64 *)(r0 +0) = 0
   82: *(u64 *)(r0 +8) = r6
   83: r1 = r0
   84: r2 = 1
   85: call ringbuf_submit
   86: goto pc-14
   87: r0 = 1
   88: lock *(u64 *)(r7 +0) += r0
   89: goto pc-17

begin: begin
; 1 | kretprobe:vfs_read /@start[tid]/ { @ = hist(nsecs - @start[tid]); delete(@start[tid]); } BEGIN { @start[0] = nsecs; }
;     nsecs
    0: call ktime_get_boot_ns
    1: *(u64 *)(r10 -8) = r0
;     0
    2: *(u32 *)(r10 -16) = 0
;     @start[0] = nsecs
    3: r1 = map[at_start]
    5: r2 = r10
    6: r2 += -16
    7: r3 = r10
    8: r3 += -8
    9: r4 = 0
   10: call map_update_elem
   11: if r0 != 0 goto pc+2
;     BEGIN { @start[0] = nsecs; }
   12: r0 = 0
   13: exit
;     @start[0] = nsecs
   14: call get_smp_processor_id
   15: r0 &= 3
   16: r0 <<= 10
   17: r1 = map[data][0]
   19: r1 += r0
   20: r0 = 1
   21: lock *(u64 *)(r1 +536) += r0
   22: goto pc-11

# kprobe:vfs_read { @[pid, comm] += arg2; }
kprobe_vfs_read: kprobe:vfs_read
; 1 | kprobe:vfs_read { @[pid, comm] += arg2; }
;     arg2
    0: r6 = *(u64 *)(r1 +96)
;     pid
    1: call get_current_pid_tgid
    2: r0 >>= 32
    3: *(u32 *)(r10 -24) = r0
;     comm
    4: *(u32 *)(r10 -20) = 0
    5: *(u64 *)(r10 -16) = 0
    6: *(u32 *)(r10 -8) = 0
    7: r1 = r10
    8: r1 += -20
    9: r2 = 16
   10: call get_current_comm
;     @[pid, comm] += arg2
   11: r1 = map[at_]
   13: r2 = r10
   14: r2 += -24
   15: call map_lookup_elem
   16: if r0 == 0 goto pc+3
   17: lock *(u64 *)(r0 +0) += r6
   18: r0 = 0
   19: exit
;     @[pid, comm] += arg2
   20: r1 = map[at_]
   22: r2 = r10
   23: r2 += -24
   24: r3 = map[zeros][0]
   26: r4 = 1
   27: call map_update_elem
   28: r1 = map[at_]
   30: r2 = r10
   31: r2 += -24
   32: call map_lookup_elem
   33: if r0 != 0 goto pc-17
   34: call get_smp_processor_id
   35: r0 &= 3
   36: r0 <<= 6
   37: r1 = map[data][0]
   39: r1 += r0
   40: r0 = 1
   41: lock *(u64 *)(r1 +8) += r0
   42: goto pc-25

# kprobe:vfs_read { @n[pid]++; }   (Linux 5.10)
kprobe_vfs_read: kprobe:vfs_read
; 1 | kprobe:vfs_read { @n[pid]++; }
;     pid
    0: call get_current_pid_tgid
    1: r0 >>= 32
    2: *(u32 *)(r10 -8) = r0
;     @n[pid]++
    3: r1 = map[at_n]
    5: r2 = r10
    6: r2 += -8
    7: call map_lookup_elem
    8: if r0 == 0 goto pc+5
    9: r1 = *(u64 *)(r0 +0)
   10: r1 += 1
   11: *(u64 *)(r0 +0) = r1
   12: r0 = 0
   13: exit
;     @n[pid]++
   14: r1 = map[at_n]
   16: r2 = r10
   17: r2 += -8
   18: r3 = map[zeros][0]
   20: r4 = 1
   21: call map_update_elem
   22: r1 = map[at_n]
   24: r2 = r10
   25: r2 += -8
   26: call map_lookup_elem
   27: if r0 != 0 goto pc-19
   28: call get_smp_processor_id
   29: r0 &= 3
   30: r0 <<= 6
   31: r1 = map[data][0]
   33: r1 += r0
   34: r0 = 1
   35: lock *(u64 *)(r1 +8) += r0
   36: goto pc-25
