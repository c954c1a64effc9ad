# kprobe:vfs_read { @start[tid] = nsecs; }
kprobe_vfs_read: kprobe:vfs_read
; nsecs
    0: call ktime_get_boot_ns
    1: *(u64 *)(r10 -8) = r0
; tid
    2: call get_current_pid_tgid
    3: w0 &= -1
    4: *(u32 *)(r10 -16) = r0
; @start[tid] = nsecs
    5: r1 = map[at_start]
    7: r2 = r10
    8: r2 += -16
    9: r3 = r10
   10: r3 += -8
   11: r4 = 0
   12: call map_update_elem
   13: if r0 != 0 goto pc+2
; kprobe:vfs_read { @start[tid] = nsecs; }
   14: r0 = 0
   15: exit
; @start[tid] = nsecs
   16: call get_smp_processor_id
   17: r0 &= 3
   18: r0 <<= 6
   19: r1 = map[data][0]+64
   21: r1 += r0
   22: r0 = 1
   23: lock *(u64 *)(r1 +8) += r0
   24: goto pc-11

# kprobe:vfs_read { @x = arg0; @x += 2; @x++; }
kprobe_vfs_read: kprobe:vfs_read
; arg0
    0: r0 = *(u64 *)(r1 +112)
; @x = arg0
    1: r1 = map[data][0]+8
    3: *(u64 *)(r1 +0) = r0
; @x += 2
    4: r0 = map[data][0]+8
    6: r1 = 2
    7: lock *(u64 *)(r0 +0) += r1
; @x++
    8: r0 = map[data][0]+8
   10: r1 = 1
   11: lock *(u64 *)(r0 +0) += r1
; kprobe:vfs_read { @x = arg0; @x += 2; @x++; }
   12: r0 = 0
   13: exit

# kretprobe:vfs_read /@start[tid]/ { @ = hist(nsecs - @start[tid]); delete(@start[tid]); } BEGIN { @start[0] = nsecs; }
kretprobe_vfs_r: kretprobe:vfs_read
; tid
    0: call get_current_pid_tgid
    1: r6 = r0
    2: r0 = r6
    3: w0 &= -1
    4: *(u32 *)(r10 -8) = r0
; @start[tid]
    5: r1 = map[at_start]
    7: r2 = r10
    8: r2 += -8
    9: call map_lookup_elem
   10: if r0 == 0 goto pc+65
   11: r7 = *(u64 *)(r0 +0)
   12: if r7 == 0 goto pc+63
; nsecs
   13: call ktime_get_boot_ns
; nsecs - @start[tid]
   14: r8 = r0
   15: r8 -= r7
; @ = hist(nsecs - @start[tid])
   16: call get_smp_processor_id
   17: r0 &= 3
   18: r0 <<= 10
   19: r1 = map[data][0]+64
   21: r7 = r1
   22: r7 += r0
   23: r0 = 0
   24: if r8 s< 0 goto pc+37
   25: if r8 >= 1 goto pc+2
   26: r0 = 1
   27: goto pc+34
   28: w0 = -1
   29: r0 -= r8
   30: r0 >>= 63
   31: r0 <<= 5
   32: r8 >>= r0
   33: r1 = 65535
   34: r1 -= r8
   35: r1 >>= 63
   36: r1 <<= 4
   37: r8 >>= r1
   38: r0 |= r1
   39: r1 = 255
   40: r1 -= r8
   41: r1 >>= 63
   42: r1 <<= 3
   43: r8 >>= r1
   44: r0 |= r1
   45: r1 = 15
   46: r1 -= r8
   47: r1 >>= 63
   48: r1 <<= 2
   49: r8 >>= r1
   50: r0 |= r1
   51: r1 = 3
   52: r1 -= r8
   53: r1 >>= 63
   54: r1 <<= 1
   55: r8 >>= r1
   56: r0 |= r1
   57: r8 >>= 1
   58: r0 |= r8
   59: r0 += 1
   60: r0 &= 63
   61: r0 += 1
   62: r0 <<= 3
   63: r0 += r7
   64: r1 = *(u64 *)(r0 +16)
   65: r1 += 1
   66: *(u64 *)(r0 +16) = r1
; tid
   67: w6 &= -1
   68: *(u32 *)(r10 -8) = r6
; delete(@start[tid])
   69: r1 = map[at_start]
   71: r2 = r10
   72: r2 += -8
   73: call map_delete_elem
   74: r6 = r0
   75: if r6 != 0 goto pc+2
; kretprobe:vfs_read /@start[tid]/ { @ = hist(nsecs - @start[tid]); delete(@start[tid]); }
   76: r0 = 0
   77: exit
; delete(@start[tid])
   78: r1 = map[ring]
   80: r2 = 16
   81: r3 = 0
   82: call ringbuf_reserve
   83: if r0 == 0 goto pc+6
   84: *(u64 *)(r0 +0) = 0
   85: *(u64 *)(r0 +8) = r6
   86: r1 = r0
   87: r2 = 0
   88: call ringbuf_submit
   89: goto pc-14
   90: r0 = 1
   91: lock *(u64 *)(r7 +0) += r0
   92: goto pc-17

begin: begin
; nsecs
    0: call ktime_get_boot_ns
    1: *(u64 *)(r10 -8) = r0
; 0
    2: *(u32 *)(r10 -16) = 0
; @start[0] = nsecs
    3: r1 = map[at_start]
    5: r2 = r10
    6: r2 += -16
    7: r3 = r10
    8: r3 += -8
    9: r4 = 0
   10: call map_update_elem
   11: if r0 != 0 goto pc+2
; BEGIN { @start[0] = nsecs; }
   12: r0 = 0
   13: exit
; @start[0] = nsecs
   14: call get_smp_processor_id
   15: r0 &= 3
   16: r0 <<= 10
   17: r1 = map[data][0]+64
   19: r1 += r0
   20: r0 = 1
   21: lock *(u64 *)(r1 +536) += r0
   22: goto pc-11

# kprobe:vfs_read { @[pid, comm] += arg2; }
kprobe_vfs_read: kprobe:vfs_read
; arg2
    0: r6 = *(u64 *)(r1 +96)
; pid
    1: call get_current_pid_tgid
    2: r0 >>= 32
    3: *(u32 *)(r10 -24) = r0
; comm
    4: *(u32 *)(r10 -20) = 0
    5: *(u64 *)(r10 -16) = 0
    6: *(u32 *)(r10 -8) = 0
    7: r1 = r10
    8: r1 += -20
    9: r2 = 16
   10: call get_current_comm
; @[pid, comm] += arg2
   11: r1 = map[at_]
   13: r2 = r10
   14: r2 += -24
   15: call map_lookup_elem
   16: if r0 == 0 goto pc+3
   17: lock *(u64 *)(r0 +0) += r6
; kprobe:vfs_read { @[pid, comm] += arg2; }
   18: r0 = 0
   19: exit
; @[pid, comm] += arg2
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
   37: r1 = map[data][0]+64
   39: r1 += r0
   40: r0 = 1
   41: lock *(u64 *)(r1 +8) += r0
   42: goto pc-25

# kprobe:vfs_read { @n[pid]++; }   (Linux 5.10)
kprobe_vfs_read: kprobe:vfs_read
; pid
    0: call get_current_pid_tgid
    1: r0 >>= 32
    2: *(u32 *)(r10 -8) = r0
; @n[pid]++
    3: r1 = map[at_n]
    5: r2 = r10
    6: r2 += -8
    7: call map_lookup_elem
    8: if r0 == 0 goto pc+5
    9: r1 = *(u64 *)(r0 +0)
   10: r1 += 1
   11: *(u64 *)(r0 +0) = r1
; kprobe:vfs_read { @n[pid]++; }
   12: r0 = 0
   13: exit
; @n[pid]++
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
   31: r1 = map[data][0]+64
   33: r1 += r0
   34: r0 = 1
   35: lock *(u64 *)(r1 +8) += r0
   36: goto pc-25
