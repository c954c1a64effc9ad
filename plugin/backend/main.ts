/** The executable gpx_bpfscope: bind, say where, serve until the host says stop or is gone. */
import { ServerCredentials } from '@grpc/grpc-js';
import { handshakeLine, loopbackAddress, notStartedByHost, socketAddress } from './handshake.ts';
import { log } from './log.ts';
import { watchParent } from './parent.ts';
import { createServer } from './server.ts';

/** Answers that are under way get this long after Shutdown. */
const GRACE_MS = 1000;

const byHand = notStartedByHost(process.env);
if (byHand !== null) {
  process.stderr.write(`${byHand}\n`);
  process.exit(1);
}

const address = process.platform === 'win32' ? loopbackAddress() : socketAddress(process.env);

let leaving = false;
function leave(reason: string, code = 0): void {
  if (leaving) return;
  leaving = true;
  log('debug', 'plugin stops', { reason });
  const end = (): never => {
    instances.close();
    address.remove();
    process.exit(code);
  };
  setTimeout(end, GRACE_MS);
  server.tryShutdown(end);
}

const { server, instances } = createServer(() => leave('shutdown'));

// Ctrl-C in a terminal reaches the whole process group; the host decides when its plugins end.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => leave('SIGTERM'));
process.on('exit', () => address.remove());
process.on('uncaughtException', (error) => log('error', 'uncaught exception', { error: error.stack ?? error.message }));
process.on('unhandledRejection', (error) => log('error', 'unhandled rejection', { error: String(error) }));
// The host closes our stdout and stderr when it dies: no reason to fail before the parent check ends us.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
watchParent(() => leave('the host is gone'));

server.bindAsync(address.bind, ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    log('error', 'cannot listen', { error: error.message, address: address.bind });
    process.exit(1);
  }
  const bound = address.network === 'tcp' ? `127.0.0.1:${port}` : address.address;
  process.stdout.write(handshakeLine({ network: address.network, address: bound }));
});
