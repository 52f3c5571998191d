/** Reads a form with a file (multipart/form-data), which needs no script: people choose or drop the file. */
import { type Request, type RequestHandler, raw } from 'express';

export interface UploadedFile {
  name: string;
  octets: Buffer;
}

/** In bytes: as much as `diagnose` reads, and the other fields. */
const largestUpload = 26 * 1024 * 1024;

/** Keeps the body for `formIn`. Other forms pass through. */
export const uploads: RequestHandler = raw({ type: 'multipart/form-data', limit: largestUpload });

export interface UploadedForm {
  fields: Readonly<Record<string, unknown>>;
  /** Undefined if no file was chosen. */
  file: UploadedFile | undefined;
}

/** Throws an error with status 400 if the form is malformed. */
export async function formIn({ body, headers }: Pick<Request, 'body' | 'headers'>): Promise<UploadedForm> {
  if (!Buffer.isBuffer(body)) return { fields: (body ?? {}) as Record<string, unknown>, file: undefined };
  const reply = new Response(new Uint8Array(body), { headers: { 'content-type': headers['content-type'] ?? '' } });
  const data = await reply.formData().catch((error: unknown) => {
    throw Object.assign(new Error('The form cannot be read. Send it again from the page.', { cause: error }), {
      status: 400,
    });
  });
  const fields: Record<string, unknown> = {};
  let file: UploadedFile | undefined;
  for (const [name, value] of data)
    if (typeof value === 'string') fields[name] = value;
    else if (value.size > 0) file = { name: value.name, octets: Buffer.from(await value.arrayBuffer()) };
  return { fields, file };
}
