import { join } from 'node:path';
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat, SourceMapMode } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

const root = join(import.meta.dirname, '..');
const inPlatform = (file: string) => join(root, 'functions/platform/aws', file);

export interface ServiceFunctionProps<Env> {
  /** The function's folder under `functions/`, such as `outbound/deliver`. */
  readonly folder: string;
  readonly description: string;
  /** All variables of the folder's `env.ts`: one that is forgotten does not compile. */
  readonly environment: { readonly [Name in keyof Env]: string };
  readonly timeout: Duration;
  /** @default 512 */
  readonly memoryMb?: number;
  /** Whether it may feed itself through a queue for more than about 16 rounds. It must count them itself. @default false */
  readonly recursive?: boolean;
}

/** What the bundler leaves beside a bundle and no deployment needs: moved to `build/`, out of the asset. */
const moveAside = (name: string) => ({
  beforeBundling: () => [],
  beforeInstall: () => [],
  afterBundling: (_inputDir: string, outputDir: string) => {
    const target = join(root, 'build', 'bundles', name);
    const aside = `${outputDir}/index.meta.json ${outputDir}/index.mjs.map`;
    return [`mkdir -p ${target}`, `mv ${aside} ${target}/`, `rm -f ${outputDir}/package-*.json`];
  },
});

const TENANT_TAG = 'tenant_id';
const TENANT = `\${aws:PrincipalTag/${TENANT_TAG}}`;

/** ForAllValues is true of a request without a key, so there must be one (AWS's guide on multivalued keys). */
const ROWS_OF_TENANT = {
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`T#${TENANT}#*`] },
  Null: { 'dynamodb:LeadingKeys': 'false' },
};

/** Whatever is sealed names its tenant and its purpose. */
const contextsOfTenant = (purposes: readonly string[]) => ({
  StringEquals: {
    'kms:EncryptionContext:tenant_id': TENANT,
    'kms:EncryptionContext:purpose': purposes.length === 1 ? purposes[0] : purposes,
  },
});

/** Rows of the deployment itself, which belong to no tenant. */
export const PLATFORM_ROWS = {
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['T#platform#*'] },
  Null: { 'dynamodb:LeadingKeys': 'false' },
};

/** One Lambda function: bundled ESM on arm64, its own log group, and a role that holds only what it is granted. */
export class ServiceFunction extends Construct {
  readonly lambda: NodejsFunction;
  readonly #role: iam.Role;
  #tenantRole: iam.Role | undefined;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps<Record<string, unknown>>) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
    this.lambda = new NodejsFunction(this, 'Function', {
      description: props.description,
      entry: join(root, 'functions', props.folder, 'handler.ts'),
      projectRoot: root,
      depsLockFilePath: join(root, 'package-lock.json'),
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: props.memoryMb ?? 512,
      timeout: props.timeout,
      recursiveLoop: props.recursive ? lambda.RecursiveLoop.ALLOW : lambda.RecursiveLoop.TERMINATE,
      role: this.#role.withoutPolicyUpdates(),
      logGroup,
      environment: { ...props.environment, POWERTOOLS_SERVICE_NAME: props.folder },
      awsSdkConnectionReuse: false,
      bundling: {
        format: OutputFormat.ESM,
        target: 'node24',
        mainFields: ['module', 'main'],
        minify: true,
        metafile: true,
        sourceMap: true,
        sourceMapMode: SourceMapMode.EXTERNAL,
        // The SDK imports it only for operations that stream events; we call none.
        externalModules: ['@smithy/core/event-streams'],
        // Each SDK client imports its whole package.json, 2 KB, to put its version into the user agent; it does without.
        loader: { '.json': 'file' },
        // Dependencies in CommonJS ask for `require`, which ESM does not have.
        banner: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
        esbuildArgs: {
          '--alias:@aws-sdk/credential-provider-node': inPlatform('lambda-credentials.ts'),
          '--alias:@aws-sdk/middleware-endpoint-discovery': inPlatform('no-endpoint-discovery.ts'),
          '--alias:@smithy/core/checksum': inPlatform('native-hashes.ts'),
          '--legal-comments': 'none',
        },
        commandHooks: moveAside(props.folder),
      },
    });
  }

  /** Adds one statement to the function's own policy; there are no managed policies and no action wildcards. */
  allow(
    actions: string[],
    resources: string[],
    conditions?: Record<string, Record<string, string | string[]>>,
  ): void {
    this.#role.addToPolicy(
      new iam.PolicyStatement({ actions, resources, ...(conditions === undefined ? {} : { conditions }) }),
    );
  }

  /**
   * Adds one statement to the role that the function takes on for one tenant at a time. It holds for keys that begin with
   * that tenant and for contexts that name it: what a bug asks of another's is refused by AWS.
   */
  allowForTenant(actions: string[], resources: string[], purposes?: string[]): void {
    this.#tenantRole ??= this.#makeTenantRole();
    const conditions = purposes === undefined ? ROWS_OF_TENANT : contextsOfTenant(purposes);
    this.#tenantRole.addToPolicy(new iam.PolicyStatement({ actions, resources, conditions }));
  }

  #makeTenantRole(): iam.Role {
    const function_ = new iam.ArnPrincipal(this.#role.roleArn);
    const role = new iam.Role(this, 'TenantRole', {
      description: 'Taken on by a function for one tenant at a time',
      assumedBy: new iam.SessionTagsPrincipal(
        function_.withConditions({ Null: { [`aws:RequestTag/${TENANT_TAG}`]: 'false' } }),
      ),
    });
    this.lambda.addEnvironment('TENANT_ROLE_ARN', role.roleArn);
    return role;
  }
}

/** Makes a function whose environment is checked against the `Env` type of its folder. */
export const serviceFunction = <Env>(
  scope: Construct,
  id: string,
  props: ServiceFunctionProps<Env>,
): ServiceFunction => new ServiceFunction(scope, id, props as ServiceFunctionProps<Record<string, unknown>>);
