import { ConfigError, loadConfig } from '../config/config.ts';
import { DatabaseRequirementError } from './platform/database/requirements.ts';
import { serve } from './serve.ts';

/** The process `npm start` runs: web, delivery and, in the embedded profile, the workers. */
try {
  await serve(loadConfig());
} catch (error) {
  if (error instanceof ConfigError || error instanceof DatabaseRequirementError) process.stderr.write(`${error.message}\n`);
  else if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    process.stderr.write(
      'Damson could not start: the port is in use by another program. Stop that one, or choose another: PORT=8081 npm start\n',
    );
  else process.stderr.write(`Damson could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
  // Whatever was opened before the failure must not keep a dead process alive.
  setTimeout(() => process.exit(1), 500).unref();
}
