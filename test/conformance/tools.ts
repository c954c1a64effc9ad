/** The tools in tools/: which of them this kind of host can run, with what, and what they have to show. */

export interface Tool {
  /** Parameters. */
  readonly words?: readonly string[];
  /** Found in stdout, every one. */
  readonly out: readonly RegExp[];
  /** What is watched instead of the workload, where that would take too long. */
  readonly command?: string;
}

/** Where a parameter is the program that programs/probes.c becomes. */
export const PROBES = '{probes}';

const shows = (...out: readonly RegExp[]): Tool => ({ out });
const given = (words: readonly string[], ...out: readonly RegExp[]): Tool => ({ words, out });

const ROW = String.raw`^\[[^\]]*\)? +\d+ \|[@ ]{52}\|$|^\[-?\d+\] +\d+ \|[@ ]{52}\|$`;
/** A histogram's name and then a row of it. */
const histogram = (name: string): RegExp => new RegExp(`^@${name}:\\n(?:[^\\n]*\\n)*?(?:${ROW})`, 'm');

/** Tools of tracepoints, timers, software events, uprobes and USDT: they are run while the workload runs. */
export const RUN: Readonly<Record<string, Tool>> = {
  bashfunc: shows(/^@calls\[find_variable, \w+\]: \d+$/m),
  bashfunclat: shows(/^@ctx: -?\d+$|^$/m),
  bashreadline: shows(/^TIME {6}PID {4}COMMAND$/m),
  bioerr: shows(/^Tracing block I\/O errors/),
  'biolatency-tp': shows(/^Tracing block device I\/O/),
  biopattern: shows(/^TIME {6}DISK {6}%RND {2}%SEQ {4}COUNT {5}KBYTES$/m),
  bitesize: shows(/^Tracing block device I\/O/),
  brkstack: shows(/^@to: \d+$/m, /^@\[\n(?: +\S.*\n)+, \S+\]: \d+$/m),
  cgroupio: shows(/^$/m),
  compaction: shows(/^$/m),
  cpudist: given(['1'], /^Tracing on-CPU time/),
  cpufreq: shows(/^Sampling CPU frequency/),
  'cpufreq-walk': shows(histogram('cpu')),
  'cpuwalk-soft': shows(/^@clk\[\d+\]: \d+$/m, /^@minor: \d+$/m, /^@pf\[node, \d+\]: \d+$/m),
  eperm: shows(/^done$/m),
  execsnoop: shows(/ node +\/bin\/true \/bin\/true$/m, / node -> true = 0$/m, / node -> sh = 0$/m),
  exitsnoop: shows(/^sh +(\d+ +){4}code 3$/m, /^sleep +(\d+ +){4}signal 15$/m, /^@exits\[failed\]: \d+$/m),
  faults: shows(/^@n: \d+$/m, /^@code\[read\]: \d+$/m, /^@code\[write\]: \d+$/m),
  gethostlatency: shows(/^TIME {6}PID {4}COMM/m),
  hardirqs: shows(/^$/m),
  javacalls: given(
    [PROBES],
    /^@\[java\/lang\/String, charAt, \(\)I\]: 5$/m,
    /^@\[java\/lang\/String, length, \(\)I\]: 10$/m,
    /^@full\[1\]: 1$/m,
    /^@thread\[3\]: 15$/m,
    histogram('gc_ns'),
  ),
  jnistacks: shows(/^done$/m),
  killsnoop: shows(/ bash +0 +\d+ +0$/m, / node +15 +\d+ +0$/m),
  kmem: shows(/^@site\[\w+\]: \d+$/m, /^@free\[\w+, (true|false)\]: \d+$/m),
  kpages: shows(/^@freed\[\d+\]: \d+$/m, /^@gfp\[(direct|no)\]: \d+$/m),
  memleak: { out: [/^@live: \d+$/m, /^@freed: \d+$/m], command: 'ls -l /' },
  mmapsnoop: shows(/ node +\d+ +r-x/m),
  mountsnoop: shows(/^$/m),
  mysqld: given([PROBES], /^\d+ +select 1 -3$/m, /^\d+ +commit -3$/m, histogram('us\\[commit\\]')),
  naptime: shows(/ node +\d+ +sleep +0\.020$/m, / node +\d+ +sleep +10\.000$/m),
  netsize: shows(histogram('send_bytes'), /^@rdev\[lo\]: \d+$/m),
  nettxlat: shows(/^Tracing net device/, histogram('us')),
  nodejs: given([PROBES], /^POST \/order 8080$/m, /^@\[\/order\]: 3$/m, /^@\[\/\]: 7$/m, /:hotspot:gc__begin\]: 2$/m),
  'odd-aggregates': shows(
    /^@k\[x\]: 15$/m,
    /^@sk\[1\]: \{ \.count = 2, \.average = 4, \.total = 8 \}$/m,
    /^@mi: 3$/m,
    /^\(\.\.\., 0\) +1 \|@/m,
  ),
  'odd-pointers': shows(/^dd\|if=\/dev\/zero\|dd$/m, /^@e\[true\]: \d+$/m),
  'odd-redefine': shows(/^1 1$/m),
  'odd-strings': shows(
    /^hello\| {5}hello\|hello {5}\|hel\|A\| {3}42\|42 {3}\|00042\|ff\|0xff\|-1\|%$/m,
    /^ab \\x61\\x62\nsame\nvalue 5\n127\.0\.0\.1 127\.0\.0\.1$/m,
    /^tab\tquote"back\\ AA\na\n5\n-5\n\(1, 2\)\ntrue$/m,
  ),
  'odd-structs': shows(/^8 4 96 8\n0 5 6\n96$/m),
  'odd-tuples': shows(/^@last: two\n@three: 3\n\(1, a\)$/m, /^@forks\[node, node\]: \d+$/m),
  'odd-unroll': given(['4', '9', 'third'], /^1 2 4 8 \ngiven third$/m, /^@x: 4$/m),
  offcpuhist: shows(/^@us\[\n(?: +\S.*\n)+, \S.*\]:$/m),
  offwaketime: shows(/^@us\[\S+, \n(?: +\S.*\n)+, \S.*\]: \d+$/m),
  opensnoop: shows(/^\d+ +cat +-1 {3}2 \/no\/such\/file$/m, /^\d+ +cat +\d+ {3}0 \/etc\/ld\.so\.cache$/m),
  'pidns-host': shows(/^@level: 0$/m, /^@ns\[inum, Linux\]: \d+$/m),
  pmheld: shows(/^end$/m),
  pmlock: shows(/^end$/m),
  profile: shows(/^@idle: \d+$/m, /^@\[\n(?: +\S.*\n)+\]: \d+$/m),
  'qdisc-cbq': shows(/^$/m),
  rss: shows(/^@stack\[\S.*\]: \d+$/m, /^@args\[\S.*\]: \d+$/m),
  runqlat: shows(histogram('us')),
  runqlen: shows(histogram('runqlen')),
  'runqlen-btf': shows(histogram('len\\[0\\]'), /^@switches\[0\]: \d+$/m),
  runqslower: given(['1'], /^Run queue latency above 1 us$/m, /^\d\d:\d\d:\d\d \S.{15} +\d+ +\d+$/m),
  scread: shows(/^@filename\[\S+\]: \d+$/m, /^@same\[same\]: \d+$/m),
  seeksize: shows(/^$/m),
  setuids: shows(/ node +0 {6}setuid {4}uid=0 \(0\)$/m),
  shellsnoop: given(['1'], /^$/m),
  shmsnoop: shows(/^PID +COMM +SYS +RET ARGs$/m),
  signals: shows(/^@\[15, \d+, sleep\]: 1$/m),
  skbdrop: shows(/^@loc\[\w+\]: \d+$/m),
  so1stbyte: shows(/^$/m),
  soconnect: shows(/ node +2 {4}127\.0\.0\.1 +1 +In progress$/m, / node +2 {4}127\.0\.0\.1 +9 +Success$/m),
  soconnlat: shows(/^@us\[\n(?: +\S.*\n)+, node\]:$/m),
  sofamily: shows(/^@connect\[node, 2, AF_INET\]: \d+$/m),
  softirqs: shows(histogram('usecs\\[\\w+\\]')),
  sslsniff: shows(/^@w\[\S.*\]:$/m),
  statsnoop: shows(/^\d+ +node +0 \/etc\/passwd$/m, /^\d+ +node +0 \/tmp$/m),
  syncsnoop: shows(/^\d\d:\d\d:\d\d {2}\d+ +dd +tracepoint:syscalls:sys_enter_fsync$/m),
  syscount: shows(/^Top 10 processes:$/m, /^@by\[tracepoint:syscalls:sys_enter_openat\]: \d+$/m),
  'syscount-args': shows(/^@err\[\d+, \d+\]: \d+$/m, /^@fd\[node, \d+\]: \d+$/m),
  tcpdrop: shows(/^TIME {5}PID {6}COMM/m),
  tcpstates: shows(/ 127\.0\.0\.1 +1 {5}2 -> 7 \(\d+ us\)$/m, /^@\[2, 1\]: \d+$/m),
  threaded: given(['1'], /^$/m),
  threadsnoop: shows(/ node +(0x|\S)/m, /^@new\[\S.*, 0\]: \d+$/m),
  timers: shows(/^@hr\[\w+, \w+\]: \d+$/m),
  vmscan: shows(/^TIME +S-SLABms/m),
  workq: shows(histogram('us\\[\\w+\\]')),
  writeback: shows(/^TIME {6}DEVICE {3}PAGES {4}REASON {11}ms$/m),
  xdp: shows(/^$/m),
};
