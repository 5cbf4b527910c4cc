import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../harness/until.ts';

const root = join(import.meta.dirname, '../..');

describe('npm start', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  const run = (...args: string[]) => {
    const env = { ...process.env, OPERATOR_TOKENS: 'one,two', OPERATOR_TOKEN: 'single' };
    const child = spawn(process.execPath, ['bin/local.ts', ...args], { cwd: root, env });
    children.push(child);
    const printed: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
    const exited = new Promise<number | null>((resolve) => {
      child.once('close', resolve);
    });
    return { child, exited, text: () => printed.join('') };
  };

  it('is up, is connected to its local vendors, has every sample event delivered and verified, and stops without leaving anything behind', async () => {
    const { child, exited, text } = run('--memory', '--port', '0');
    await until('the demo is over', () => text().includes('Ctrl-C stops it.'));
    const url = /up at (\S+)/.exec(text())?.[1] ?? '';
    const health = await fetch(`${url}/health`);
    expect(health.status).toBe(200);
    const asOperator = (token: string) =>
      fetch(`${url}/connections`, {
        headers: { authorization: `Bearer ${token}`, 'x-tenant-id': '7d444840-9dc0-11d1-b245-5ffdce74fad2' },
      });
    for (const token of ['one', 'two', 'single']) expect((await asOperator(token)).status).toBe(200);
    expect((await asOperator('three')).status).toBe(401);
    // Just as it is printed: curl -s <url> -d <field> -d <field> -d <field>
    const [, signIn = '', fields = ''] = /curl -s (\S+) -d (.+)/.exec(text()) ?? [];
    const form = new URLSearchParams(fields.replaceAll(' -d ', '&'));
    const signedIn = await fetch(signIn, { method: 'POST', body: form });
    const { access_token } = (await signedIn.json()) as { readonly access_token: string };
    const asUser = await fetch(`${url}/connections`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(await asUser.json()).toMatchObject({
      items: [
        { connector_type: 'github', authorization: { account_id: '583231' }, health: 'ok' },
        { connector_type: 'hubspot', authorization: { account_id: '4711' }, health: 'ok' },
        { connector_type: 'webhook' },
      ],
    });
    expect(text()).toContain("connected to github at its local vendor; the connection's test says ok");
    const [, published, verified] =
      /(\d+) published[\s\S]*verified (\d+) signatures and refused 0/.exec(text()) ?? [];
    expect(Number(published)).toBeGreaterThanOrEqual(200);
    expect(verified).toBe(published);
    expect(text()).not.toContain('operator token');
    child.kill('SIGINT');
    expect(await exited).toBe(0);
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });

  it('says so when the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await until('the port is taken', () => server.listening);
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { exited, text } = run('--memory', '--no-demo', '--port', String(port));
    expect(await exited).toBe(1);
    expect(text()).toContain(`Port ${port} is in use. Choose another with --port.`);
    server.close();
  });

  it('refuses an option that it does not know', async () => {
    const { exited, text } = run('--nodemo');
    expect(await exited).toBe(1);
    expect(text()).toContain("Unknown option '--nodemo'");
  });
});
