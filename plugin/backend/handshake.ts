/** The first line on stdout, by which the host finds the plugin; and the guard against being started by hand. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAGIC_COOKIE, PROTOCOL_VERSION } from './protocol.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** null: a plugin host started us. Else what to tell the person who did. */
export function notStartedByHost(env: Environment): string | null {
  if (env[MAGIC_COOKIE.name] === MAGIC_COOKIE.value) return null;
  return 'This is the backend of the bpfscope data source. Grafana starts it; it does nothing when started by hand.';
}

export interface Address {
  network: 'unix' | 'tcp';
  address: string;
  /** How grpc-js binds it. */
  bind: string;
  remove(): void;
}

/** A socket in a folder of mode 0700: unlike a port, no other user of the host can talk to the plugin. */
export function socketAddress(env: Environment): Address {
  const folder = mkdtempSync(join(env['PLUGIN_UNIX_SOCKET_DIR'] || tmpdir(), 'bpfscope-'));
  const address = join(folder, 'plugin');
  return {
    network: 'unix',
    address,
    bind: `unix:${address}`,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Windows has no such sockets in grpc-js: loopback, any free port. */
export function loopbackAddress(): Address {
  return { network: 'tcp', address: '127.0.0.1:0', bind: '127.0.0.1:0', remove: () => undefined };
}

/** core protocol | plugin protocol | network | address | transport */
export function handshakeLine({ network, address }: Pick<Address, 'network' | 'address'>): string {
  return `1|${PROTOCOL_VERSION}|${network}|${address}|grpc\n`;
}
