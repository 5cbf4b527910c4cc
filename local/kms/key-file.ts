import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import * as z from 'zod';

const MaterialRecord = z.object({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  secret: z.string(),
  createdMs: z.number(),
});

const KeyRecord = z.object({
  id: z.string(),
  description: z.string(),
  rotationEnabled: z.boolean(),
  createdMs: z.number(),
  state: z.enum(['Enabled', 'Disabled', 'PendingDeletion']),
  deletionMs: z.number().optional(),
  /** Oldest first: the last one encrypts, every one decrypts. */
  materials: z.array(MaterialRecord).min(1),
});

const KeyFile = z.object({
  keys: z.array(KeyRecord),
  aliases: z.array(z.object({ name: z.string(), keyId: z.string() })),
});

/** Key material at rest; `secret` is base64. */
export type MaterialRecord = z.infer<typeof MaterialRecord>;
/** A key with all its materials. Times are epoch milliseconds. */
export type KeyRecord = z.infer<typeof KeyRecord>;
/** Everything that must survive a restart. */
export type KeyFile = z.infer<typeof KeyFile>;

/** The keys stored in `path`; none when there is no such file. Throws when the file cannot be understood. */
export const readKeyFile = (path: string): KeyFile => {
  if (!existsSync(path)) return { keys: [], aliases: [] };
  try {
    return KeyFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new Error(`The key file ${path} is damaged; nothing encrypted with its keys can be read`, {
      cause,
    });
  }
};

/** Replaces the file as a whole, so that a crash leaves either the old keys or the new ones. Only the owner may read it. */
export const writeKeyFile = (path: string, content: KeyFile): void => {
  const temporary = `${path}.tmp`;
  // A leftover from a crash would keep its own permissions.
  rmSync(temporary, { force: true });
  const file = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(file, JSON.stringify(content));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
};
