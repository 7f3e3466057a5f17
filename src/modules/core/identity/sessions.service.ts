import { unavailable } from '../../../errors.ts';
import type { FoundSession, SessionReader } from './actors.service.ts';
import type { Auth } from './identity.better-auth.ts';

/** Reads sessions through better-auth, which checks the cookie's signature and renews a session in use once a day. */
export function sessionReader(auth: () => Auth): SessionReader {
  return {
    async read(cookieHeader) {
      const answer = await auth()
        .auth.api.getSession({ headers: new Headers({ cookie: cookieHeader }), returnHeaders: true })
        // The only failure of a look-up is that the database did not answer.
        .catch((error: unknown) => {
          throw unavailable({ cause: error });
        });
      const session: FoundSession | null = answer.response
        ? { id: answer.response.session.id, userId: answer.response.user.id, createdAt: answer.response.session.createdAt }
        : null;
      return { session, setCookies: answer.headers.getSetCookie() };
    },
  };
}
