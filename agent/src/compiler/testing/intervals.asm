# interval:s:1 { @++; }
interval_s_1: interval:s:1
; 1 | interval:s:1 { @++; }
    0: r6 = map[ticks][0]
    2: call ktime_get_ns
    3: r1 = *(u64 *)(r6 +0)
    4: r2 = r0
    5: r2 -= r1
    6: if r2 < 750000000 goto pc+8
    7: *(u64 *)(r6 +0) = r0
    8: if r2 >= 1500000000 goto pc+8
;     @++
    9: r0 = map[data][0]
   11: r1 = 1
   12: lock *(u64 *)(r0 +0) += r1
   13: r0 = 0
   14: exit
   15: r0 = 0
   16: exit
   17: if r1 == 0 goto pc-9
   18: r2 += 500000000
   19: r2 /= 1000000000
   20: r0 = *(u64 *)(r6 +8)
   21: r2 -= 1
   22: r0 += r2
   23: *(u64 *)(r6 +8) = r0
   24: goto pc-16

# interval:us:100, interval:ms:5 { @++; }
interval_us_100: interval:us:100
; 1 | interval:us:100, interval:ms:5 { @++; }
    0: r6 = map[ticks][0]
    2: call ktime_get_ns
    3: r1 = *(u64 *)(r6 +0)
    4: r2 = r0
    5: r2 -= r1
    6: *(u64 *)(r6 +0) = r0
    7: if r2 >= 150000 goto pc+6
;     @++
    8: r0 = map[data][0]
   10: r1 = 1
   11: lock *(u64 *)(r0 +0) += r1
   12: r0 = 0
   13: exit
   14: if r1 == 0 goto pc-7
   15: r2 += 50000
   16: r2 /= 100000
   17: r0 = *(u64 *)(r6 +8)
   18: r2 -= 1
   19: r0 += r2
   20: *(u64 *)(r6 +8) = r0
   21: goto pc-14

interval_ms_5: interval:ms:5
; 1 | interval:us:100, interval:ms:5 { @++; }
    0: r6 = map[ticks][0]+16
    2: call ktime_get_ns
    3: r1 = *(u64 *)(r6 +0)
    4: r2 = r0
    5: r2 -= r1
    6: *(u64 *)(r6 +0) = r0
    7: if r2 >= 7500000 goto pc+6
;     @++
    8: r0 = map[data][0]
   10: r1 = 1
   11: lock *(u64 *)(r0 +0) += r1
   12: r0 = 0
   13: exit
   14: if r1 == 0 goto pc-7
   15: r2 += 2500000
   16: r2 /= 5000000
   17: r0 = *(u64 *)(r6 +8)
   18: r2 -= 1
   19: r0 += r2
   20: *(u64 *)(r6 +8) = r0
   21: goto pc-14
