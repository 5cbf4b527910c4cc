import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { endWithThisProcess } from './child-lifetime.ts';
import { claimFile } from './engine-claim.ts';

/** The engine's program, up and answering. */
export interface EngineProcess {
  readonly endpoint: string;
  readonly pid: number;
  /** Resolves once the program has ended. */
  stop(): Promise<void>;
  /** Ends the program outright, as a crash does; resolves once it has ended. */
  kill(): Promise<void>;
}

const READY_CHECKS_MAX = 2_000;
const READY_CHECK_MS = 5;
const STOP_TIMEOUT_MS = 4_000;
const SAID_CHARACTERS_MAX = 2_000;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const isRunning = (child: ChildProcess): boolean =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

/** Whether a DynamoDB engine answers a request at that URL. */
export const answers = async (endpoint: string): Promise<boolean> => {
  const scope = 'Credential=local/20260101/local/dynamodb/aws4_request';
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.ListTables',
        'x-amz-date': '20260101T000000Z',
        authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0`,
      },
      body: '{}',
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (!isRunning(child)) return;
  const exited = once(child, 'exit');
  if (child.killed) return void (await exited);
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  child.kill('SIGTERM');
  await exited;
  clearTimeout(force);
};

const spawnEngine = (program: string, file: string, port: number) => {
  const child = spawn(program, ['serve', '--host', '127.0.0.1', '--port', String(port), '--db-path', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // Its own process group: a Ctrl-C must not end the engine before those who still write to it.
    detached: true,
  });
  let said = '';
  const say = (text: string): void => {
    said = (said + text).slice(-SAID_CHARACTERS_MAX);
  };
  child.stderr.on('data', (chunk: Buffer) => say(chunk.toString()));
  child.on('error', (error) => say(error.message));
  const closed = once(child, 'close').catch(() => undefined);
  return { child, closed, said: () => said.trim() };
};

/**
 * Starts the program on a loopback port: the one that is asked for, or a free one. Returns why when it ends instead of
 * answering.
 */
export const startEngineProcess = async (
  program: string,
  file: string,
  wantedPort?: number,
): Promise<EngineProcess | { readonly failure: string }> => {
  const port = wantedPort ?? (await freePort());
  const endpoint = `http://127.0.0.1:${port}`;
  const { child, closed, said } = spawnEngine(program, file, port);
  const release = endWithThisProcess(child);
  const unclaim = claimFile(file, child.pid);
  const finish = async (): Promise<void> => {
    await stop(child);
    unclaim();
    release();
  };
  const kill = (): Promise<void> => {
    child.kill('SIGKILL');
    return finish();
  };
  for (let check = 0; check < READY_CHECKS_MAX && child.pid !== undefined && isRunning(child); check++) {
    // Until the child itself says so, an answer could come from another process that was faster to take the port.
    if (said().includes('listening') && (await answers(endpoint)) && isRunning(child))
      return { endpoint, pid: child.pid, stop: finish, kill };
    await delay(READY_CHECK_MS);
  }
  await finish();
  await closed;
  return { failure: said() };
};
