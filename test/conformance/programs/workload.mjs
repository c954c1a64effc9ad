// A little of everything that the tools watch, a known number of times. Argument: the program of probes.c.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, statfsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const run = (command, ...words) => spawnSync(command, words, { stdio: 'ignore' });
const folder = mkdtempSync(join(tmpdir(), 'bpfscope-workload-'));

run('/bin/true');
run('sh', '-c', 'exit 3');
run('cat', '/no/such/file');
run('sleep', '0.02');
run('bash', '-c', 'f() { :; }; f one; f two; cd /tmp; kill -0 $$');
run('dd', 'if=/dev/zero', 'of=/dev/null', 'bs=1k', 'count=100');
run('dd', 'if=/dev/zero', `of=${join(folder, 'file')}`, 'bs=64k', 'count=4', 'conv=fsync');
statSync('/etc/passwd');
statfsSync('/tmp');
process.setuid(process.getuid());

const sleeper = spawn('sleep', ['10']);
await once(sleeper, 'spawn');
sleeper.kill('SIGTERM');
await once(sleeper, 'exit');

const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
await once(server, 'listening');
const client = connect(server.address().port, '127.0.0.1');
await once(client, 'connect');
client.write('ping');
await once(client, 'data');
client.end();
await once(client, 'close');
server.close();
const refused = connect(1, '127.0.0.1');
await once(refused, 'error');

const datagrams = createSocket('udp4');
datagrams.connect(9, '127.0.0.1');
await once(datagrams, 'connect');
await new Promise((done) => datagrams.send('x', done));
datagrams.close();

if (process.argv[2] !== undefined) execFileSync(process.argv[2], ['10']);
rmSync(folder, { recursive: true });

// Tools print at intervals of up to a second, and the first begins before this program does.
await setTimeout(1100 - process.uptime() * 1000);
