import { App, Stack, Validations } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';

// An app with one finding that nobody has acknowledged: a topic that takes plain connections.
const app = new App({ outdir: process.argv[2] ?? '', analyticsReporting: false });
new Topic(new Stack(app, 'Careless'), 'Topic');
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
