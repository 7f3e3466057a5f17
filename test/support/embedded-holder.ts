import { startEmbedded } from '../../src/platform/database/embedded.ts';
import { silentLog } from '../../src/platform/log.ts';

/** A process that holds the embedded server of a folder until SIGTERM; tells its parent when it has it. */
const server = await startEmbedded({ dataDir: process.argv[2] ?? '', log: silentLog });
process.send?.({ url: server.url, attached: server.attached });
process.once('SIGTERM', () => {
  void server.close().then(() => process.exit(0));
});
