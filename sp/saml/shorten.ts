/** What a message says, as far as it is worth keeping: nobody reads more, and findings are stored and shown. */
export const shorten = (text: string, most = 2_000): string => (text.length > most ? `${text.slice(0, most)}…` : text);
