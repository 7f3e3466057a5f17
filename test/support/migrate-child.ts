import { migrations } from '../../migrations/index.ts';
import { createDatabase } from '../../src/platform/database/external.ts';
import { silentLog } from '../../src/platform/log.ts';

/** A process that migrates the database of its first argument when it is told to; tells its parent what it applied. */
const database = await createDatabase({ url: process.argv[2] ?? '', entities: [], migrations, poolSize: 2, log: silentLog });
process.once('message', () => {
  database
    .migrate()
    .then(
      (applied) => process.send?.({ applied }),
      (error: unknown) => process.send?.({ failed: String(error) }),
    )
    .finally(() => void database.close().then(() => process.exit(0)));
});
process.send?.({ ready: true });
