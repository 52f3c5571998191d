/** A file or an option that cannot be used. The message is one sentence for the user of the command. */
export class Unreadable extends Error {}
