import { Readable } from 'node:stream';
import { ApiError } from './apiError.js';

/**
 * The two parts of a job that is created with its data: `job` as JSON, `content` as CSV (BULK_API §1, Create a Job).
 * @throws ApiError when one of them is missing
 */
export function multipartJob(body: string, contentType: string): { job: Record<string, unknown>; content: Readable } {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  const parts = new Map<string, string>();
  for (const part of boundary ? body.split(`--${boundary}`) : []) {
    const [, head, text] = /^\r?\n([\s\S]*?)\r?\n\r?\n([\s\S]*?)\r?\n?$/.exec(part) ?? [];
    const name = /name="([^"]+)"/.exec(head ?? '')?.[1];
    if (name && text !== undefined) parts.set(name, text);
  }
  const job = parsed(parts.get('job'));
  const content = parts.get('content');
  if (typeof job !== 'object' || job === null || content === undefined)
    throw new ApiError(400, 'INVALIDJOB', 'InvalidJob : The multipart body needs the parts job and content');
  return { job: job as Record<string, unknown>, content: Readable.from([Buffer.from(content)]) };
}

function parsed(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? 'null') as unknown;
  } catch {
    throw new ApiError(400, 'JSON_PARSER_ERROR', 'The part job is no JSON');
  }
}
