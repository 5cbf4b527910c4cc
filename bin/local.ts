import { operatorTokens, parseCli, USAGE } from '../local/cli.ts';
import { type Running, start } from '../local/start.ts';

// Lambda runs in UTC; a worker thread takes its time zone from this process.
process.env['TZ'] = 'UTC';

const fail = (error: unknown): never => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
};

try {
  const cli = parseCli(process.argv.slice(2), process.cwd());
  if (cli.help) {
    console.log(USAGE);
    process.exit(0);
  }
  let running: Running | undefined;
  let stopping = false;
  const stop = () => {
    // Before it runs there is nothing to finish, and whoever asks twice does not want to wait.
    if (running === undefined || stopping) process.exit(130);
    stopping = true;
    running.stop().then(() => process.exit(0), fail);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  running = await start(cli, operatorTokens(process.env), console.log);
  // The API's own socket keeps the process alive from here on.
} catch (error) {
  fail(error);
}
