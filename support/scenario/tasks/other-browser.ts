/** Other people's sessions in a person's browser. */
import type { Name } from '../../catalogue/cast.ts';
import type { Scene } from '../scene.ts';
import { snapshot } from './records.ts';
import { sessionHash } from './sp-session.ts';

/** Emails of the users whose sessions were in this person's browsers, closed and alive. */
export async function sessionsInBrowserOf(scene: Scene, owner: Name): Promise<{ closed: string[]; alive: string[] }> {
  const hashes = (await scene.cast[owner].sessionsSeen()).map(sessionHash);
  const sessions = (await snapshot(scene)).sessions.filter(({ hash }) => hashes.includes(hash));
  const emailsOf = (isClosed: boolean): string[] =>
    sessions.filter(({ endedAt }) => (endedAt !== null) === isClosed).map(({ address }) => address);
  return { closed: emailsOf(true), alive: emailsOf(false) };
}
