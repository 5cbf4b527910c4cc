import { endOrphan } from './engine-claim.ts';
import { locateEngine } from './engine-location.ts';
import { answers, type EngineProcess, startEngineProcess } from './engine-process.ts';
import { indexStreams } from './stream-index.ts';

/** A DynamoDB engine that answers requests. `pid` is absent when somebody else runs it; `close` then does nothing. */
export interface DynamoDbEngine {
  readonly endpoint: string;
  readonly pid: number | undefined;
  /**
   * Kills the engine in the middle of whatever it does and starts it anew on the same database and port; what it had answered is
   * still there. Rejects for an engine that somebody else runs.
   */
  crash(): Promise<void>;
  close(): Promise<void>;
}

/** `file` is the SQLite database; it is created when absent. `environment` is where the engine's URL may be given. */
export interface EngineOptions {
  readonly file: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const STARTS_MAX = 5;

const runningElsewhere = async (endpoint: string): Promise<DynamoDbEngine> => {
  if (!(await answers(endpoint)))
    throw new Error(`No DynamoDB engine answers at CROSSDOCK_DYNAMODB_ENDPOINT (${endpoint})`);
  const crash = async () => {
    throw new Error('The engine at CROSSDOCK_DYNAMODB_ENDPOINT is not ours to crash');
  };
  return { endpoint, pid: undefined, crash, close: async () => {} };
};

/** Starts the program and makes its streams quick. Rejects with the engine's own words when it does not start. */
const startOn = async (program: string, file: string, port?: number): Promise<EngineProcess> => {
  let failure = '';
  for (let starts = 0; starts < STARTS_MAX; starts++) {
    const started = await startEngineProcess(program, file, port);
    if ('endpoint' in started) {
      indexStreams(file);
      return started;
    }
    failure = started.failure;
    // Another process may have taken the port between our choosing it and the engine's opening it.
    if (!/in use/i.test(failure)) break;
  }
  throw new Error(`The DynamoDB engine did not start: ${failure || 'it said nothing'}`);
};

/**
 * Starts the engine on a free loopback port, or uses the one that CROSSDOCK_DYNAMODB_ENDPOINT names. Rejects with the
 * engine's own words when it does not start, and when another live process uses the same file.
 */
export const startDynamoDbEngine = async (options: EngineOptions): Promise<DynamoDbEngine> => {
  const { file, environment = process.env } = options;
  const location = locateEngine(environment);
  if ('endpoint' in location) return runningElsewhere(location.endpoint);
  await endOrphan(file);
  let running = await startOn(location.program, file);
  const port = Number(new URL(running.endpoint).port);
  return {
    endpoint: running.endpoint,
    get pid() {
      return running.pid;
    },
    async crash() {
      await running.kill();
      running = await startOn(location.program, file, port);
    },
    close: () => running.stop(),
  };
};
