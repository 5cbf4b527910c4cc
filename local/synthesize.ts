import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/**
 * Runs the CDK app of this project, which writes the cloud assembly to `outputDir`. No AWS account is asked.
 * @throws with all that the app printed, when it fails
 */
export const synthesize = (outputDir: string): Promise<void> => {
  // Bundles of earlier versions would pile up; a directory that holds anything else is left alone.
  if (existsSync(join(outputDir, 'manifest.json'))) rmSync(outputDir, { recursive: true });
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], CDK_OUTDIR: outputDir };
    const app = spawn(process.execPath, ['bin/app.ts'], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed: Buffer[] = [];
    app.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
    app.stderr.on('data', (chunk: Buffer) => printed.push(chunk));
    app.once('error', reject);
    app.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The CDK app failed:\n${Buffer.concat(printed).toString('utf8')}`));
    });
  });
};
