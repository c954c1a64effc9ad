# kprobe:vfs_read /comm == "bash"/ { printf("%d %s\n", pid, comm); }
kprobe_vfs_read: kprobe:vfs_read
; 1 | kprobe:vfs_read /comm == "bash"/ { printf("%d %s\n", pid, comm); }
;     comm == "bash"
    0: *(u64 *)(r10 -16) = 0
    1: *(u64 *)(r10 -8) = 0
    2: r1 = r10
    3: r1 += -16
    4: r2 = 16
    5: call get_current_comm
    6: r0 = *(u32 *)(r10 -16)
    7: if r0 != 1752392034 goto pc+24
    8: r0 = *(u8 *)(r10 -12)
    9: if r0 != 0 goto pc+22
;     printf("%d %s\n", pid, comm)
   10: r1 = map[ring]
   12: r2 = 32
   13: r3 = 0
   14: call ringbuf_reserve
   15: r6 = r0
   16: if r6 == 0 goto pc+17
   17: *(u64 *)(r6 +0) = 0
;     pid
   18: call get_current_pid_tgid
   19: r0 >>= 32
   20: *(u32 *)(r6 +8) = r0
;     comm
   21: r0 = *(u32 *)(r10 -16)
   22: *(u32 *)(r6 +12) = r0
   23: r0 = *(u32 *)(r10 -12)
   24: *(u32 *)(r6 +16) = r0
   25: r0 = *(u32 *)(r10 -8)
   26: *(u32 *)(r6 +20) = r0
   27: r0 = *(u32 *)(r10 -4)
   28: *(u32 *)(r6 +24) = r0
;     printf("%d %s\n", pid, comm)
   29: r1 = r6
   30: r2 = 1
   31: call ringbuf_submit
   32: r0 = 0
   33: exit
;     printf("%d %s\n", pid, comm)
   34: call get_smp_processor_id
   35: r0 &= 3
   36: r0 <<= 6
   37: r1 = map[data][0]
   39: r1 += r0
   40: r0 = 1
   41: lock *(u64 *)(r1 +0) += r0
   42: goto pc-11

# tracepoint:syscalls:sys_enter_openat { @[str(args.filename)] = count(); }
tracepoint_sysc: tracepoint:syscalls:sys_enter_openat
; 1 | tracepoint:syscalls:sys_enter_openat { @[str(args.filename)] = count(); }
;     @[str(args.filename)] = count()
    0: r6 = r1
    1: *(u32 *)(r10 -8) = 0
    2: r1 = map[scratch]
    4: r2 = r10
    5: r2 += -8
    6: call map_lookup_elem
    7: r7 = r0
    8: if r7 == 0 goto pc+20
;     args.filename
    9: r6 = *(u64 *)(r6 +24)
;     str(args.filename)
   10: r1 = r7
   11: r2 = 1024
   12: r3 = 0
   13: call probe_read_kernel
   14: r1 = r7
   15: r3 = r6
   16: r2 = 1024
   17: call probe_read_kernel_str
   18: if r0 == 1024 goto pc+12
;     @[str(args.filename)] = count()
   19: r2 = r7
   20: r1 = map[at_]
   22: call map_lookup_elem
   23: if r0 == 0 goto pc+17
   24: r1 = *(u64 *)(r0 +0)
   25: r1 += 1
   26: *(u64 *)(r0 +0) = r1
   27: r0 = 1
   28: exit
;     @[str(args.filename)] = count()
   29: r0 = 1
   30: exit
;     str(args.filename)
   31: r3 = r6
   32: r3 += 1023
   33: r1 = r10
   34: r1 += -16
   35: r2 = 1
   36: call probe_read_kernel
   37: r0 = *(u8 *)(r10 -16)
   38: if r0 == 0 goto pc-20
   39: *(u8 *)(r7 +1023) = -1
   40: goto pc-22
;     @[str(args.filename)] = count()
   41: r2 = r7
   42: r1 = map[at_]
   44: r3 = map[zeros][0]
   46: r4 = 1
   47: call map_update_elem
   48: r2 = r7
   49: r1 = map[at_]
   51: call map_lookup_elem
   52: if r0 != 0 goto pc-29
   53: call get_smp_processor_id
   54: r0 &= 3
   55: r0 <<= 6
   56: r1 = map[data][0]
   58: r1 += r0
   59: r0 = 1
   60: lock *(u64 *)(r1 +8) += r0
   61: goto pc-35

# kprobe:vfs_read, kprobe:vfs_write { @[probe] = count(); }
kprobe_vfs_read: kprobe:vfs_read, kprobe:vfs_write
; 1 | kprobe:vfs_read, kprobe:vfs_write { @[probe] = count(); }
;     @[probe] = count()
    0: call get_attach_cookie
    1: r0 >>= 32
    2: r0 &= 1
    3: r0 *= 24
    4: r1 = map[constants][0]
    6: r6 = r1
    7: r6 += r0
    8: r2 = r6
    9: r1 = map[at_]
   11: call map_lookup_elem
   12: if r0 == 0 goto pc+5
   13: r1 = *(u64 *)(r0 +0)
   14: r1 += 1
   15: *(u64 *)(r0 +0) = r1
   16: r0 = 0
   17: exit
;     @[probe] = count()
   18: r2 = r6
   19: r1 = map[at_]
   21: r3 = map[zeros][0]
   23: r4 = 1
   24: call map_update_elem
   25: r2 = r6
   26: r1 = map[at_]
   28: call map_lookup_elem
   29: if r0 != 0 goto pc-17
   30: call get_smp_processor_id
   31: r0 &= 3
   32: r0 <<= 6
   33: r1 = map[data][0]
   35: r1 += r0
   36: r0 = 1
   37: lock *(u64 *)(r1 +8) += r0
   38: goto pc-23

# kprobe:vfs_read { printf("%d %s\n", pid, comm); }   (no ring buffer)
kprobe_vfs_read: kprobe:vfs_read
; 1 | kprobe:vfs_read { printf("%d %s\n", pid, comm); }
;     printf("%d %s\n", pid, comm)
    0: r6 = r1
    1: *(u64 *)(r10 -32) = 0
    2: *(u64 *)(r10 -24) = 0
    3: *(u64 *)(r10 -16) = 0
    4: *(u64 *)(r10 -8) = 0
    5: *(u64 *)(r10 -32) = 0
;     pid
    6: call get_current_pid_tgid
    7: r0 >>= 32
    8: *(u32 *)(r10 -24) = r0
;     comm
    9: *(u32 *)(r10 -20) = 0
   10: *(u64 *)(r10 -16) = 0
   11: *(u32 *)(r10 -8) = 0
   12: r1 = r10
   13: r1 += -20
   14: r2 = 16
   15: call get_current_comm
;     printf("%d %s\n", pid, comm)
   16: r1 = r6
   17: r2 = map[events]
   19: w3 = -1
   20: r4 = r10
   21: r4 += -32
   22: r5 = 32
   23: call perf_event_output
   24: if r0 != 0 goto pc+2
   25: r0 = 0
   26: exit
;     printf("%d %s\n", pid, comm)
   27: call get_smp_processor_id
   28: r0 &= 3
   29: r0 <<= 6
   30: r1 = map[data][0]
   32: r1 += r0
   33: r0 = 1
   34: lock *(u64 *)(r1 +0) += r0
   35: goto pc-11
