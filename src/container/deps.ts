import type { Config } from '../../config/config.ts';
import type { Secrets } from '../../config/secrets.ts';
import type { Log } from '../platform/log.ts';
import type { Telemetry } from '../telemetry.ts';
import type { Adapters } from './adapters.ts';

/** What every module may be built from. */
export interface ModulesDeps {
  config: Config;
  log: Log;
  telemetry: Telemetry;
  secrets: Secrets;
  adapters: Adapters;
}
