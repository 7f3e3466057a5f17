import { fileURLToPath } from 'node:url';
import { type Config, withPort } from '../config/config.ts';
import { createApp, createHealthApp } from './app.ts';
import { type Container, createContainer } from './container.ts';
import { systemContext } from './context.ts';
import { createHttpServer } from './platform/http/server.ts';
import { createLogger } from './platform/log.ts';
import { freePort } from './platform/free-port.ts';

/** Where `vite build` puts the web app, seen from `dist/src`; from the sources it is the same folder. */
const WEB_DIR = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../dist/web' : '../web', import.meta.url));

export interface Running {
  readonly container: Container;
  readonly url: string;
  close(): Promise<void>;
}

/** Starts everything the roles ask for, prints where, and stops cleanly on SIGTERM and SIGINT. */
export async function serve(given: Config): Promise<Running> {
  // Sign-in links and cookies need the real address before the server listens.
  const config = given.http.port === 0 ? withPort(given, await freePort(given.http.host)) : given;
  const log = createLogger({ level: config.log.level, format: config.log.format });
  const container = await createContainer(config, { log });
  const server = config.roles.includes('web')
    ? createHttpServer(createApp(container, { webDir: WEB_DIR }), container.delivery.hot)
    : createHttpServer(createHealthApp(container));
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= (async () => {
      const { cut } = await server.close(config.http.shutdownGraceMs);
      if (cut > 0) log.warn({ cut }, 'requests were cut at shutdown');
      await container.close();
    })();
    return closing;
  };
  try {
    if (config.roles.includes('web')) await server.listen(config.http.port, config.http.host);
    else if (config.http.healthPort !== null) await server.listen(config.http.healthPort, config.http.host);
    if (config.roles.includes('worker')) await container.work();
    // In the background: the first search should not wait for the columns to load.
    container.searchEngine
      .warm?.(systemContext(container.workspaceId))
      .catch((error: unknown) => log.warn({ err: error }, 'the search index could not be warmed'));
  } catch (error) {
    await close();
    throw error;
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping');
      close().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'stopping failed');
          process.exit(1);
        },
      );
    });
  }
  await greet(container);
  return { container, url: config.http.publicUrl, close };
}

/** What a newcomer reads in the terminal; plain text, also with JSON logs. */
async function greet({ config, signIn, media }: Container): Promise<void> {
  const tools = await media.tools();
  const lines = ['', `  Damson is running at ${config.http.publicUrl}`, ''];
  if (signIn.link !== null) lines.push('  Sign in once with this link (valid for 24 hours):', `  ${signIn.link}`, '');
  else if (signIn.email !== null) lines.push(`  Sign in as ${signIn.email}`, '');
  if (!tools.ffmpeg.available) lines.push('  ffmpeg was not found: videos and audio are stored without previews (npx damson doctor).');
  else if (tools.ffmpeg.bundled)
    lines.push('  Using the bundled ffmpeg, an old build for trying out; install ffmpeg 5.1 or newer (npx damson doctor).');
  if (!tools.exiftool.available) lines.push('  perl was not found: metadata inside files is not read (npx damson doctor).');
  if (tools.sandbox.mode !== 'namespaces') lines.push(`  Decoders run without a full sandbox: ${tools.sandbox.detail}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}
