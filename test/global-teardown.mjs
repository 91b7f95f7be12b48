/** Stops the PostgreSQL of this test run and removes its folder. */
import { rmSync } from 'node:fs';

export default async function () {
  const cluster = globalThis.datelineTestCluster;
  if (!cluster) return;
  await cluster.server.stop();
  rmSync(cluster.folder, { recursive: true, force: true });
}
