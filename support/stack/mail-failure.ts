/** Why emails cannot be read. */
import { NotReady } from './not-ready.ts';

/** Emails cannot be read. The message is a sentence for people. */
export class MailFailure extends NotReady {}
