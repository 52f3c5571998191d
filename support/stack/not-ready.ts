/** Something that a run needs is not available; nothing has run yet. The message is a sentence for people. */
export class NotReady extends Error {}
