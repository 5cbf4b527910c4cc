import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { startDynamoDbEngine } from '../../../local/dynamodb/engine.ts';
import { locateEngine } from '../../../local/dynamodb/engine-location.ts';
import { ensureTables } from '../../../local/dynamodb/tables.ts';
import { EVENTS, sdkOptions, temporaryEngine } from './engine-setup.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

const start = async () => {
  const engine = await temporaryEngine();
  opened.push(engine);
  return engine;
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Starts an engine in a process of its own, which then ends in that way. Returns the engine's endpoint. */
const startElsewhere = async (file: string, ending: string): Promise<string> => {
  const module = join(import.meta.dirname, '../../../local/dynamodb/engine.ts');
  const script = `
    const { startDynamoDbEngine } = await import(${JSON.stringify(module)});
    const { endpoint } = await startDynamoDbEngine({ file: ${JSON.stringify(file)}, environment: {} });
    process.stdout.write(endpoint, () => { ${ending} });
  `;
  const starter = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  starter.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await once(starter, 'close');
  return said;
};

const answers = (endpoint: string): Promise<boolean> =>
  fetch(endpoint).then(
    () => true,
    () => false,
  );

describe('an engine that crashes', () => {
  it('is back at the same address, with all that it had answered', async () => {
    const engine = await start();
    await ensureTables(engine.endpoint, [EVENTS]);
    const client = new DynamoDBClient({ ...sdkOptions(engine.endpoint), maxAttempts: 3 });
    const item = (number: number) => ({ pk: { S: 'crash' }, sk: { S: String(number) } });
    const writes = Array.from({ length: 50 }, (_, number) =>
      client.send(new PutItemCommand({ TableName: 'events', Item: item(number) })).then(() => number),
    );
    const settled = Promise.allSettled(writes);
    await writes[0];
    await engine.crash();
    const answered = (await settled).flatMap((write) => (write.status === 'fulfilled' ? [write.value] : []));
    expect(answered).toContain(0);
    for (const number of answered) {
      const { Item } = await client.send(new GetItemCommand({ TableName: 'events', Key: item(number) }));
      expect(Item, `item ${number}`).toEqual(item(number));
    }
    client.destroy();
  });
});

describe('the engine', () => {
  it('answers the SDK as soon as it is started', async () => {
    const { endpoint } = await start();
    const reply = await new DynamoDBClient(sdkOptions(endpoint)).send(new ListTablesCommand({}));
    expect(reply.TableNames).toEqual([]);
    expect(new URL(endpoint).hostname).toBe('127.0.0.1');
  });

  it('keeps its data in the file after it was closed', async () => {
    const outer = await start();
    const file = `${outer.file}.second`;
    const first = await startDynamoDbEngine({ file, environment: {} });
    await ensureTables(first.endpoint, [EVENTS]);
    const Key = { pk: { S: 'a' }, sk: { S: '1' } };
    await new DynamoDBClient(sdkOptions(first.endpoint)).send(
      new PutItemCommand({ TableName: 'events', Item: Key }),
    );
    await first.close();
    const second = await startDynamoDbEngine({ file, environment: {} });
    opened.push(second);
    const found = await new DynamoDBClient(sdkOptions(second.endpoint)).send(
      new GetItemCommand({ TableName: 'events', Key }),
    );
    expect(found.Item).toEqual(Key);
  });

  it('finds the last stream record of a table through an index', async () => {
    const { file } = await start();
    const database = new DatabaseSync(file);
    const plan = database
      .prepare(
        'EXPLAIN QUERY PLAN SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?',
      )
      .all('events');
    database.close();
    expect(JSON.stringify(plan)).toContain('crossdock_stream_sequence');
  });

  it('ends when it is closed', async () => {
    const engine = await temporaryEngine();
    expect(isAlive(engine.pid ?? 0)).toBe(true);
    await engine.close();
    expect(isAlive(engine.pid ?? 0)).toBe(false);
  });

  it.each(['process.exit(3)', "process.kill(process.pid, 'SIGTERM')", "throw new Error('a bug')"])(
    'does not outlive the process that started it when that ends by %s',
    async (ending) => {
      const { file } = await start();
      const said = await startElsewhere(`${file}.child`, ending);
      expect(said).toMatch(/^http:/);
      await expect.poll(() => answers(said)).toBe(false);
    },
  );

  it('replaces the one that a killed process left behind on the same file', async () => {
    const { file: outer } = await start();
    const file = `${outer}.orphan`;
    const left = await startElsewhere(file, "process.kill(process.pid, 'SIGKILL')");
    expect(await answers(left)).toBe(true);
    const engine = await startDynamoDbEngine({ file, environment: {} });
    opened.push(engine);
    expect(await answers(left)).toBe(false);
    expect(await answers(engine.endpoint)).toBe(true);
  });

  it('does not share its file with another one', async () => {
    const { file, endpoint } = await start();
    await expect(startDynamoDbEngine({ file, environment: {} })).rejects.toThrow('already uses the database');
    expect(await answers(endpoint)).toBe(true);
  });

  it('says why it did not start', async () => {
    const options = { file: '/nonexistent/directory/tables.db', environment: {} };
    await expect(startDynamoDbEngine(options)).rejects.toThrow(/did not start: .+/);
  });
});

describe('an engine that somebody else runs', () => {
  it('is used when the environment names it, and left running', async () => {
    const running = await start();
    const environment = { CROSSDOCK_DYNAMODB_ENDPOINT: `${running.endpoint}/` };
    const used = await startDynamoDbEngine({ file: 'unused', environment });
    expect(used).toMatchObject({ endpoint: running.endpoint, pid: undefined });
    await used.close();
    expect(isAlive(running.pid ?? 0)).toBe(true);
  });

  it('is missed at once when it does not answer', async () => {
    const environment = { CROSSDOCK_DYNAMODB_ENDPOINT: 'http://127.0.0.1:9' };
    await expect(startDynamoDbEngine({ file: 'unused', environment })).rejects.toThrow(
      'No DynamoDB engine answers',
    );
  });

  it('is asked for by name where no binary is installed for the platform', () => {
    const resolve = () => {
      throw new Error('Cannot find module');
    };
    expect(() => locateEngine({}, resolve)).toThrow('CROSSDOCK_DYNAMODB_ENDPOINT');
  });
});
