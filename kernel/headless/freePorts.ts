import { once } from 'node:events';
import { createServer } from 'node:net';

/** So many ports of this machine, all different, that nobody had a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  // Not before all have one: a port that is free again may be given a second time.
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
