import type { IncomingMessage } from 'node:http';

/** The response's headers as one string each: repeated ones joined by a comma. */
export const headersOf = (response: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(response.headers).map(([name, value = '']) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );

/** Reads at most `bytesMax` bytes, then leaves the rest unread and the stream destroyed; rejects when the stream breaks. */
export const readBody = async (
  response: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Promise<{ body: Uint8Array; truncated: boolean }> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > bytesMax) break;
  }
  const read = Buffer.concat(chunks);
  return { body: new Uint8Array(read.subarray(0, bytesMax)), truncated: bytes > bytesMax };
};
