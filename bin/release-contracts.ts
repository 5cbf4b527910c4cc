import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { breakingChanges, describeChanges } from '../contracts/gate/additive.ts';
import { currentContracts } from '../contracts/gate/current.ts';
import { printed } from '../contracts/gate/sorted.ts';

const file = process.argv[2] ?? new URL('../contracts/released/v1.json', import.meta.url);
const current = currentContracts();
const changes = existsSync(file) ? breakingChanges(JSON.parse(readFileSync(file, 'utf8')), current) : [];

if (changes.length > 0) {
  console.error(`Not released: within v1 a change must be additive.\n${describeChanges(changes)}`);
  process.exitCode = 1;
} else {
  writeFileSync(file, printed(current));
}
