import { join } from 'node:path';
import { synthesize } from '../../local/synthesize.ts';

/** The cloud assembly that all suites share: synthesized once, before the first of them. */
export const ASSEMBLY_DIR = join(import.meta.dirname, '../../build/test-assembly');

export const setup = (): Promise<void> => synthesize(ASSEMBLY_DIR);
