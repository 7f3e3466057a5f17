import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Redis } from 'ioredis';
import { infoFields } from './redis.ts';
import { judgeRedis } from './redis-server.ts';

/** How long each question may take, ms: the connection, a command, a look at what else the port speaks. */
const ANSWER_MS = 3000;
const LOOK_MS = 1500;

/** What jobs and rate limits need: scripts, and keys under our prefix. */
const PROBE = "return redis.call('set', KEYS[1], '1', 'px', 1)";

/**
 * What is wrong with the server at this address and will not right itself, in sentences for whoever runs the service. Empty also when the
 * server is away, loading or silent: nobody waits for Redis (ADR 0402). No sentence holds the password.
 */
export async function verifyRedis(url: string): Promise<string[]> {
  const at = placeOf(url);
  const { Redis: Client } = await import('ioredis');
  const faults: Error[] = [];
  const client = new Client(url, {
    lazyConnect: true,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    // The first failure is the answer; what INFO says is looked at here.
    retryStrategy: () => null,
    enableReadyCheck: false,
    disableClientInfo: true,
  });
  // Refused credentials and databases are told by events alone.
  client.on('error', (error: Error) => faults.push(error));
  try {
    await client.connect();
    return await judged(client, at, faults);
  } catch (error) {
    faults.push(error instanceof Error ? error : new Error(String(error)));
  } finally {
    client.disconnect();
  }
  const told = sentences(faults, at);
  if (told.length > 0 || !faults.some(mayBeTls)) return told;
  return otherTransport(url, at);
}

async function judged(client: Redis, at: string, faults: readonly Error[]): Promise<string[]> {
  const info = await client.info();
  const refused = sentences(faults, at);
  if (!info.includes('redis_version:')) return [...refused, `${at} does not answer like a Redis: correct REDIS_URL.`];
  const { unfit } = judgeRedis(infoFields(info));
  if (refused.length + unfit.length > 0) return [...refused, ...unfit];
  return client.eval(PROBE, 1, 'damson:probe').then(
    () => [],
    (error: Error) => sentences([error], at),
  );
}

/** Each kind of refusal once; outages have no sentence. */
function sentences(faults: readonly Error[], at: string): string[] {
  // Whoever was refused is asked for a password again with each command.
  const first = faults.some(isRefusal) ? faults.filter(({ message }) => !message.includes('NOAUTH')) : faults;
  return [...new Set(first.map((fault) => sentence(fault, at)).filter((text) => text !== null))];
}

const isRefusal = ({ message }: Error): boolean => /WRONGPASS|invalid password|invalid username-password/i.test(message);

function sentence(fault: Error, at: string): string | null {
  const { message } = fault;
  const code = 'code' in fault ? String(fault.code) : '';
  if (isRefusal(fault))
    return `${at} refuses the user or the password: correct REDIS_URL (redis://user:password@host:6379; special characters as %40 and so on).`;
  if (message.includes('NOAUTH')) return `${at} asks for a password: give it in REDIS_URL (redis://:password@host:6379).`;
  if (message.includes('NOPERM'))
    return `The user of REDIS_URL may not do what Damson needs at ${at} (${message.slice(0, 120)}): allow it +@all on keys ~damson:*.`;
  if (message.includes('DB index') || message.includes('SELECT is not allowed'))
    return `${at} does not have the database that REDIS_URL names after the port.`;
  if (message.includes('DENIED'))
    return `${at} runs in protected mode and takes connections of its own machine only: set a password there.`;
  if (/unknown command|ERR unknown/i.test(message)) return `${at} does not know the commands of Redis 6.2: correct REDIS_URL.`;
  if (/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/.test(code)) return `${at} refuses the TLS connection (${code}).`;
  if (/CERT|SELF_SIGNED|ALTNAME|VERIFY|ISSUER/.test(code))
    return `The certificate of ${at} is not trusted (${code}): name its authority in NODE_EXTRA_CA_CERTS, or correct the host in REDIS_URL.`;
  return null;
}

/** No sooner than here is the port asked what else it speaks: not when nothing listens, nor while it says itself what is amiss. */
const AWAY = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|max number of clients/;
const mayBeTls = (fault: Error): boolean => !AWAY.test(`${'code' in fault ? String(fault.code) : ''} ${fault.message}`);

/** A port that breaks off or keeps silent may speak the other one of plain and TLS, or no Redis at all. */
async function otherTransport(url: string, at: string): Promise<string[]> {
  const { hostname, port, protocol } = new URL(url);
  const where = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) };
  if (protocol === 'rediss:') {
    const answer = await firstBytes(connect(where));
    if (/^[+-](PONG|NOAUTH|DENIED|ERR)/.test(answer))
      return [`${at} does not speak TLS: write redis:// instead of rediss:// in REDIS_URL.`];
    return [];
  }
  if (await speaksTls(where)) return [`${at} speaks TLS only: write rediss:// instead of redis:// in REDIS_URL.`];
  const answer = await firstBytes(connect(where));
  return answer === '' || /^[+-]/.test(answer) ? [] : [`${at} does not answer like a Redis: correct REDIS_URL.`];
}

/** What a server says to a PING in the clear; nothing secret is sent. Empty when it says nothing. */
function firstBytes(socket: Socket): Promise<string> {
  return within(socket, '', (done) => {
    socket.once('data', (chunk: Buffer) => done(chunk.toString('latin1', 0, 16)));
    socket.once('connect', () => socket.write('PING\r\n'));
  });
}

/** Whether a TLS handshake gets an answer. Nothing is sent over it, so that its certificate does not matter. */
function speaksTls(where: { host: string; port: number }): Promise<boolean> {
  const socket = connectTls({ ...where, rejectUnauthorized: false });
  return within(socket, false, (done) => {
    socket.once('secureConnect', () => done(true));
    // It wants a certificate of ours, or another version: TLS all the same.
    socket.once('error', (error) => done('code' in error && String(error.code).includes('_ALERT_')));
  });
}

async function within<T>(socket: Socket, otherwise: T, ask: (done: (answer: T) => void) => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const answer = await new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), LOOK_MS);
    ask(resolve);
    socket.on('error', () => resolve(otherwise));
    socket.once('close', () => resolve(otherwise));
  });
  clearTimeout(timer);
  socket.destroy();
  return answer;
}

/** Host and port, without user and password. */
function placeOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `Redis at ${hostname}:${port || 6379}`;
}
