import { ConfigError, loadConfig } from '../config/config.ts';
import { StartError } from './errors.ts';
import { serve } from './serve.ts';

/** The process `npm start` runs: web, delivery and, in the embedded profile, the workers. */
try {
  await serve(loadConfig());
} catch (error) {
  // A setting or a server that does not fit: the message says all, the stack nothing.
  if (error instanceof ConfigError || error instanceof StartError) process.stderr.write(`${error.message}\n`);
  else if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    process.stderr.write(
      'Damson could not start: the port is in use by another program. Stop that one, or choose another: PORT=8081 npm start\n',
    );
  else process.stderr.write(`Damson could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
  // Whatever was opened before the failure must not keep a dead process alive.
  setTimeout(() => process.exit(1), 500).unref();
}
