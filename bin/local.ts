import { operatorTokens, parseCli, USAGE } from '../local/cli.ts';
import { start } from '../local/start.ts';

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
  const starting = start(cli, operatorTokens(process.env), console.log);
  let stopping = false;
  const stop = () => {
    // Whoever asks twice does not want to wait.
    if (stopping) process.exit(130);
    stopping = true;
    starting.then((running) => running.stop()).then(() => process.exit(0), fail);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  await starting;
  // The API's own socket keeps the process alive from here on.
} catch (error) {
  fail(error);
}
