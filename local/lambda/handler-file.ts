import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const EXTENSIONS = ['.mjs', '.js', '.cjs'];

export interface HandlerFile {
  readonly fileUrl: string;
  readonly exportPath: string;
}

/**
 * Finds the module behind a Handler property such as `index.handler` or `api/users.post` in an unpacked asset.
 * Throws when the property has no dot or the file does not exist: that is a broken build, not a failed event.
 */
export const findHandlerFile = (directory: string, handler: string): HandlerFile => {
  const name = basename(handler);
  const dot = name.indexOf('.');
  if (dot < 1) throw new Error(`Handler "${handler}" is not of the form file.export`);
  const stem = join(directory, dirname(handler), name.slice(0, dot));
  const file = EXTENSIONS.map((extension) => stem + extension).find(existsSync);
  if (!file) throw new Error(`Handler "${handler}": none of ${EXTENSIONS.join(', ')} exists for ${stem}`);
  return { fileUrl: pathToFileURL(file).href, exportPath: name.slice(dot + 1) };
};
