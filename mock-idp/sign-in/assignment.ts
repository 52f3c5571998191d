/** Assignment of apps to users. */
import { type App, type User, userKey } from '../tenants/state.ts';

export const isAssigned = (app: App, user: User): boolean =>
  app.assigned === 'everyone' || app.assigned.some((one) => userKey(one) === userKey(user.username));
