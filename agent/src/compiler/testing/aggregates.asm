# tracepoint:raw_syscalls:sys_enter { @ = count(); }
tracepoint_raw_: tracepoint:raw_syscalls:sys_enter
; 1 | tracepoint:raw_syscalls:sys_enter { @ = count(); }
;     @ = count()
    0: call get_smp_processor_id
    1: r0 &= 3
    2: r0 <<= 6
    3: r1 = map[data][0]
    5: r1 += r0
    6: r0 = *(u64 *)(r1 +16)
    7: r0 += 1
    8: *(u64 *)(r1 +16) = r0
    9: r0 = 1
   10: exit

# tracepoint:raw_syscalls:sys_enter { @ = hist(args.id); }
tracepoint_raw_: tracepoint:raw_syscalls:sys_enter
; 1 | tracepoint:raw_syscalls:sys_enter { @ = hist(args.id); }
;     args.id
    0: r6 = *(u64 *)(r1 +8)
;     @ = hist(args.id)
    1: call get_smp_processor_id
    2: r0 &= 3
    3: r0 <<= 10
    4: r1 = map[data][0]
    6: r1 += r0
    7: r0 = 0
    8: if r6 s< 0 goto pc+37
    9: if r6 >= 1 goto pc+2
   10: r0 = 1
   11: goto pc+34
   12: w0 = -1
   13: r0 -= r6
   14: r0 >>= 63
   15: r0 <<= 5
   16: r6 >>= r0
   17: r2 = 65535
   18: r2 -= r6
   19: r2 >>= 63
   20: r2 <<= 4
   21: r6 >>= r2
   22: r0 |= r2
   23: r2 = 255
   24: r2 -= r6
   25: r2 >>= 63
   26: r2 <<= 3
   27: r6 >>= r2
   28: r0 |= r2
   29: r2 = 15
   30: r2 -= r6
   31: r2 >>= 63
   32: r2 <<= 2
   33: r6 >>= r2
   34: r0 |= r2
   35: r2 = 3
   36: r2 -= r6
   37: r2 >>= 63
   38: r2 <<= 1
   39: r6 >>= r2
   40: r0 |= r2
   41: r6 >>= 1
   42: r0 |= r6
   43: r0 += 1
   44: r0 &= 63
   45: r0 += 1
   46: r0 <<= 3
   47: r0 += r1
   48: r1 = *(u64 *)(r0 +16)
   49: r1 += 1
   50: *(u64 *)(r0 +16) = r1
   51: r0 = 1
   52: exit

# tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }
tracepoint_raw_: tracepoint:raw_syscalls:sys_enter
; 1 | tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }
;     comm
    0: *(u64 *)(r10 -16) = 0
    1: *(u64 *)(r10 -8) = 0
    2: r1 = r10
    3: r1 += -16
    4: r2 = 16
    5: call get_current_comm
;     @[comm] = count()
    6: r1 = map[at_]
    8: r2 = r10
    9: r2 += -16
   10: call map_lookup_elem
   11: if r0 == 0 goto pc+5
   12: r1 = *(u64 *)(r0 +0)
   13: r1 += 1
   14: *(u64 *)(r0 +0) = r1
   15: r0 = 1
   16: exit
;     @[comm] = count()
   17: r1 = map[at_]
   19: r2 = r10
   20: r2 += -16
   21: r3 = map[zeros][0]
   23: r4 = 1
   24: call map_update_elem
   25: r1 = map[at_]
   27: r2 = r10
   28: r2 += -16
   29: call map_lookup_elem
   30: if r0 != 0 goto pc-19
   31: call get_smp_processor_id
   32: r0 &= 3
   33: r0 <<= 6
   34: r1 = map[data][0]
   36: r1 += r0
   37: r0 = 1
   38: lock *(u64 *)(r1 +8) += r0
   39: goto pc-25

# kprobe:vfs_read { @ = lhist(arg2, 0, 1000, 100); }
kprobe_vfs_read: kprobe:vfs_read
; 1 | kprobe:vfs_read { @ = lhist(arg2, 0, 1000, 100); }
;     arg2
    0: r6 = *(u64 *)(r1 +96)
;     @ = lhist(arg2, 0, 1000, 100)
    1: call get_smp_processor_id
    2: r0 &= 3
    3: r0 <<= 7
    4: r1 = map[data][0]
    6: r1 += r0
    7: r0 = 0
    8: if r6 s< 0 goto pc+6
    9: r0 = r6
   10: if r6 s<= 1000 goto pc+1
   11: r0 = 1000
   12: r0 /= 100
   13: r0 += 1
   14: if r0 >= 12 goto pc+5
   15: r0 <<= 3
   16: r0 += r1
   17: r1 = *(u64 *)(r0 +16)
   18: r1 += 1
   19: *(u64 *)(r0 +16) = r1
   20: r0 = 0
   21: exit

# kprobe:vfs_read { @[pid] = max(arg2); }
kprobe_vfs_read: kprobe:vfs_read
; 1 | kprobe:vfs_read { @[pid] = max(arg2); }
;     arg2
    0: r6 = *(u64 *)(r1 +96)
;     pid
    1: call get_current_pid_tgid
    2: r0 >>= 32
    3: *(u32 *)(r10 -8) = r0
;     @[pid] = max(arg2)
    4: r1 = map[at_]
    6: r2 = r10
    7: r2 += -8
    8: call map_lookup_elem
    9: if r0 == 0 goto pc+8
   10: r1 = *(u64 *)(r0 +8)
   11: if r1 == 0 goto pc+2
   12: r1 = *(u64 *)(r0 +0)
   13: if r6 <= r1 goto pc+2
   14: *(u64 *)(r0 +0) = r6
   15: *(u64 *)(r0 +8) = 1
   16: r0 = 0
   17: exit
;     @[pid] = max(arg2)
   18: r1 = map[at_]
   20: r2 = r10
   21: r2 += -8
   22: r3 = map[zeros][0]
   24: r4 = 1
   25: call map_update_elem
   26: r1 = map[at_]
   28: r2 = r10
   29: r2 += -8
   30: call map_lookup_elem
   31: if r0 != 0 goto pc-22
   32: call get_smp_processor_id
   33: r0 &= 3
   34: r0 <<= 6
   35: r1 = map[data][0]
   37: r1 += r0
   38: r0 = 1
   39: lock *(u64 *)(r1 +8) += r0
   40: goto pc-25

# fentry:vfs_read { @ = count(); }
fentry_vmlinux_: fentry:vmlinux:vfs_read
; 1 | fentry:vfs_read { @ = count(); }
;     @ = count()
    0: call get_smp_processor_id
    1: r0 &= 3
    2: r0 <<= 6
    3: r1 = map[data][0]
    5: r1 += r0
    6: r0 = 1
    7: lock *(u64 *)(r1 +16) += r0
    8: r0 = 0
    9: exit

# kprobe:vfs_read { @[kstack] = count(); }
kprobe_vfs_read: kprobe:vfs_read
; 1 | kprobe:vfs_read { @[kstack] = count(); }
;     kstack
    0: r2 = map[kstacks]
    2: r3 = 0
    3: call get_stackid
    4: *(u64 *)(r10 -8) = r0
;     @[kstack] = count()
    5: r1 = map[at_]
    7: r2 = r10
    8: r2 += -8
    9: call map_lookup_elem
   10: if r0 == 0 goto pc+5
   11: r1 = *(u64 *)(r0 +0)
   12: r1 += 1
   13: *(u64 *)(r0 +0) = r1
   14: r0 = 0
   15: exit
;     @[kstack] = count()
   16: r1 = map[at_]
   18: r2 = r10
   19: r2 += -8
   20: r3 = map[zeros][0]
   22: r4 = 1
   23: call map_update_elem
   24: r1 = map[at_]
   26: r2 = r10
   27: r2 += -8
   28: call map_lookup_elem
   29: if r0 != 0 goto pc-19
   30: call get_smp_processor_id
   31: r0 &= 3
   32: r0 <<= 6
   33: r1 = map[data][0]
   35: r1 += r0
   36: r0 = 1
   37: lock *(u64 *)(r1 +8) += r0
   38: goto pc-25
