import { systemContext } from '../context.ts';
import { note, print, printJson } from './output.ts';
import { DONE, needed, readArgs, UsageError, type Verb } from './verb.ts';

const MIN_PASSWORD = 10;

export const admin: Verb = {
  usage: 'admin create|link --email EMAIL [--password PASSWORD]',
  summary: 'Make an administrator, or a sign-in link for a member',
  help: `  create   make an administrator; without --password a one-time sign-in link is printed
  link     print a one-time sign-in link (24 hours) for somebody who cannot sign in

  --email EMAIL
  --password PASSWORD   at least ${MIN_PASSWORD} characters; others on this machine may see it in the process list
  --name NAME           default: the part before the @
  --json                print the result as JSON`,
  async run(args) {
    const { values, positionals } = readArgs(args, {
      email: { type: 'string' },
      password: { type: 'string' },
      name: { type: 'string' },
      json: { type: 'boolean', default: false },
    });
    const [action, ...more] = positionals;
    if ((action !== 'create' && action !== 'link') || more.length > 0) throw new UsageError('say what: create or link');
    const email = needed('email', values.email);
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) throw new UsageError(`"${email}" is not an e-mail address`);
    const { password } = values;
    if (password !== undefined && password.length < MIN_PASSWORD) throw new UsageError(`the password needs ${MIN_PASSWORD} characters`);
    const name = values.name?.trim() || (email.split('@')[0] ?? email);
    const { withContainer } = await import('./with-container.ts');
    return withContainer(async ({ identity, workspaceId }) => {
      const ctx = systemContext(workspaceId, { requestId: 'cli' });
      if (action === 'link') {
        const signInLink = await identity.members.signInLink(ctx, email);
        if (values.json) printJson({ signInLink });
        else print(signInLink);
        return DONE;
      }
      const { member, signInLink } = await identity.members.invite(ctx, { email, name, role: 'admin', password });
      if (values.json) printJson({ member, signInLink });
      else if (signInLink === null) print(`${member.email} is an administrator.`);
      else {
        note(`${member.email} is an administrator. Sign in once with this link within 24 hours:`);
        print(signInLink);
      }
      return DONE;
    });
  },
};
