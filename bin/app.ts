import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { connectors } from '../functions/connectors/all.ts';
import { acknowledge } from '../lib/acknowledgements.ts';
import { CrossdockStack } from '../lib/crossdock-stack.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));

// The flags of cdk.json hold with and without the CDK command, so both synthesize one template.
const app = new App({
  outdir: process.env['CDK_OUTDIR'] ?? join(root, 'cdk.out'),
  context: read('cdk.json').context,
  analyticsReporting: false,
});
const connectorTypes = connectors.filter(({ deliver }) => deliver).map(({ type }) => type);
const stack = new CrossdockStack(app, 'Crossdock', {
  connectorTypes,
  version: read('package.json').version,
  protect: app.node.tryGetContext('protect') !== 'false',
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
acknowledge(
  stack,
  connectorTypes.map((type) => `Lane-${type}`),
);
app.synth();
