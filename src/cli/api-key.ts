import { SCOPES, type Scope, systemContext } from '../context.ts';
import { note, print, printJson } from './output.ts';
import { DONE, needed, readArgs, UsageError, type Verb } from './verb.ts';

export const apiKey: Verb = {
  usage: 'api-key create --name NAME --scopes SCOPES',
  summary: 'Make an API key; prints the key alone',
  help: `  --name NAME       what it is for
  --scopes SCOPES   comma list of ${SCOPES.join(', ')}
  --email EMAIL     whose key it is; default: the first administrator's
  --expires DATE    when it ends, e.g. 2027-01-31 or 2027-01-31T12:00:00Z
  --json            print the key with its data as JSON`,
  async run(args) {
    const { values, positionals } = readArgs(args, {
      name: { type: 'string' },
      scopes: { type: 'string' },
      email: { type: 'string' },
      expires: { type: 'string' },
      json: { type: 'boolean', default: false },
    });
    if (positionals.length !== 1 || positionals[0] !== 'create') throw new UsageError('say what: create');
    const name = needed('name', values.name);
    const scopes = needed('scopes', values.scopes).split(',').map(scopeOf);
    const expiresAt = values.expires === undefined ? null : instantOf(values.expires);
    const { withContainer } = await import('./with-container.ts');
    return withContainer(async ({ identity, workspaceId }) => {
      const system = systemContext(workspaceId, { requestId: 'cli' });
      const owner = values.email === undefined ? null : await ownerOf(values.email, () => identity.members.list(system));
      const actor =
        owner === null ? system.actor : ({ kind: 'user', id: owner.userId, userId: owner.userId, role: owner.role, scopes: null } as const);
      const made = await identity.apiKeys.create({ ...system, actor }, { name, scopes, expiresAt });
      if (values.json) printJson(made);
      else {
        note('This key is shown only now:');
        print(made.key);
      }
      return DONE;
    });
  },
};

async function ownerOf<T extends { email: string }>(email: string, list: () => Promise<{ items: T[] }>): Promise<T> {
  const owner = (await list()).items.find((member) => member.email === email.trim().toLowerCase());
  if (!owner) throw new UsageError(`no member has the address ${email}`);
  return owner;
}

function scopeOf(text: string): Scope {
  const scope = SCOPES.find((known) => known === text.trim());
  if (!scope) throw new UsageError(`there is no scope "${text.trim()}"; there are ${SCOPES.join(', ')}`);
  return scope;
}

function instantOf(text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new UsageError(`"${text}" is no date`);
  return new Date(time).toISOString();
}
