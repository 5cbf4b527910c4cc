import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { PLATFORM_INDEX } from '../../contracts/platform-index.ts';
import type { HandlerName } from '../../contracts/routes.ts';
import {
  PENDING_PURPOSE,
  PROVIDER_PURPOSE,
  SECRETS_PURPOSE,
  TOKENS_PURPOSE,
} from '../../contracts/secrets-purpose.ts';
import type { Env as AuthorizeEnv } from '../../functions/api/authorize/env.ts';
import type { Env as CatalogueEnv } from '../../functions/api/catalogue/env.ts';
import type { Env as CheckEnv } from '../../functions/connections/check/env.ts';
import type { Env as ConnectEnv } from '../../functions/connections/connect/env.ts';
import type { Env as InspectEnv } from '../../functions/connections/inspect/env.ts';
import type { Env as ManageEnv } from '../../functions/connections/manage/env.ts';
import type { Env as RevokeEnv } from '../../functions/connections/revoke/env.ts';
import type { Env as RewrapsEnv } from '../../functions/connections/rewraps/env.ts';
import type { Env as OutcomeEnv } from '../../functions/outbound/outcome/env.ts';
import type { Env as PublishEnv } from '../../functions/outbound/publish/env.ts';
import type { Parameters } from '../parameters.ts';
import { PLATFORM_ROWS, type ServiceFunction, serviceFunction } from '../service-function.ts';
import type { Storage } from '../storage.ts';
import type { Issuer } from './issuer.ts';

export interface ApiFunctionsProps {
  readonly storage: Storage;
  readonly parameters: Parameters;
  readonly issuer: Issuer;
  readonly version: string;
  /** Where the API is. */
  readonly apiUrl: string;
}

// The gateway itself gives up after 30 seconds.
const timeout = Duration.seconds(20);

const OUR_APPS = { StringEquals: { 'kms:EncryptionContext:purpose': PROVIDER_PURPOSE } };

/** Our apps at vendors are of no tenant, so they are read under the function's own role. */
const readOurApps = (one: ServiceFunction, { secrets, key }: Storage): void => {
  one.allow(['dynamodb:GetItem'], [secrets.tableArn], PLATFORM_ROWS);
  one.allow(['kms:Decrypt'], [key.keyArn], OUR_APPS);
};

/** The functions behind the HTTP API, each allowed what its own routes need. */
export class ApiFunctions extends Construct {
  readonly handlers: Readonly<Record<HandlerName, ServiceFunction>>;
  readonly authorizer: ServiceFunction;

  constructor(scope: Construct, id: string, props: ApiFunctionsProps) {
    super(scope, id);
    this.authorizer = this.#authorize(props);
    this.handlers = {
      catalogue: serviceFunction<CatalogueEnv>(this, 'Catalogue', {
        folder: 'api/catalogue',
        description: 'Health, providers and the OpenAPI document',
        timeout,
        environment: { VERSION: props.version },
      }),
      manage: this.#manage(props),
      rewraps: this.#rewraps(props),
      connect: this.#connect(props),
      inspect: this.#inspect(props),
      check: this.#check(props),
      revoke: this.#revoke(props),
      publish: this.#publish(props),
      outcome: this.#outcome(props),
    };
  }

  #authorize({ parameters, issuer }: ApiFunctionsProps): ServiceFunction {
    return serviceFunction<AuthorizeEnv>(this, 'Authorize', {
      folder: 'api/authorize',
      description: 'Says who calls the API',
      // Longer than its two requests to an issuer may take together.
      timeout: Duration.seconds(5),
      memoryMb: 256,
      environment: {
        OPERATOR_TOKEN_HASHES: parameters.operatorTokenHashes,
        OIDC_ISSUER: issuer.url,
        OIDC_AUDIENCE: issuer.audience,
        OIDC_TENANT_CLAIM: parameters.oidcTenantClaim,
        OIDC_ROLES_CLAIM: parameters.oidcRolesClaim,
        LOOPBACK_DESTINATIONS: parameters.loopbackDestinations,
      },
    });
  }

  #manage({ storage, parameters }: ApiFunctionsProps): ServiceFunction {
    const manage = serviceFunction<ManageEnv>(this, 'Manage', {
      folder: 'connections/manage',
      description: "Changes tenants' settings and connections",
      timeout,
      environment: {
        CONNECTIONS_TABLE: storage.connections.tableName,
        SECRETS_TABLE: storage.secrets.tableName,
        LIMITS_TABLE: storage.limits.tableName,
        KEY_ID: storage.key.keyArn,
        LOOPBACK_DESTINATIONS: parameters.loopbackDestinations,
      },
    });
    manage.allowForTenant(['dynamodb:PutItem', 'dynamodb:Query'], [storage.connections.tableArn]);
    manage.allowForTenant(
      ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      [storage.secrets.tableArn],
    );
    manage.allowForTenant(['dynamodb:UpdateItem'], [storage.limits.tableArn]);
    manage.allowForTenant(['kms:GenerateDataKey'], [storage.key.keyArn], [SECRETS_PURPOSE]);
    return manage;
  }

  /** It starts rewraps and does none: no secret and no key is within its reach. */
  #rewraps({ storage }: ApiFunctionsProps): ServiceFunction {
    const { tableName, tableArn } = storage.connections;
    const rewraps = serviceFunction<RewrapsEnv>(this, 'Rewraps', {
      folder: 'connections/rewraps',
      description: 'Starts, shows and cancels rewraps of all data keys',
      timeout,
      environment: { CONNECTIONS_TABLE: tableName },
    });
    rewraps.allow(['dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], [tableArn]);
    return rewraps;
  }

  #inspect({ storage, parameters }: ApiFunctionsProps): ServiceFunction {
    const { tableName, tableArn } = storage.connections;
    const inspect = serviceFunction<InspectEnv>(this, 'Inspect', {
      folder: 'connections/inspect',
      description: 'Shows connections, their health and their activity',
      timeout,
      environment: {
        CONNECTIONS_TABLE: tableName,
        LOOPBACK_DESTINATIONS: parameters.loopbackDestinations,
      },
    });
    inspect.allowForTenant(['dynamodb:BatchGetItem', 'dynamodb:Query'], [tableArn]);
    // The operator's lists go across tenants.
    inspect.allow(['dynamodb:BatchGetItem'], [tableArn]);
    inspect.allow(['dynamodb:Query'], [`${tableArn}/index/${PLATFORM_INDEX.name}`]);
    return inspect;
  }

  #check({ storage, parameters }: ApiFunctionsProps): ServiceFunction {
    const check = serviceFunction<CheckEnv>(this, 'Check', {
      folder: 'connections/check',
      description: 'Tries connections without delivering anything',
      // A vendor is asked for a new token, or another worker waited for, and then for the owner of the grant.
      timeout: Duration.seconds(29),
      environment: {
        CONNECTIONS_TABLE: storage.connections.tableName,
        SECRETS_TABLE: storage.secrets.tableName,
        KEY_ID: storage.key.keyArn,
        VENDOR_URLS: parameters.vendorUrls,
        LOOPBACK_DESTINATIONS: parameters.loopbackDestinations,
      },
    });
    check.allowForTenant(
      ['dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      [storage.connections.tableArn],
    );
    // Tokens that are about to expire are renewed under their lease.
    check.allowForTenant(
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      [storage.secrets.tableArn],
    );
    check.allowForTenant(['kms:GenerateDataKey'], [storage.key.keyArn], [TOKENS_PURPOSE]);
    check.allowForTenant(['kms:Decrypt'], [storage.key.keyArn], [SECRETS_PURPOSE, TOKENS_PURPOSE]);
    readOurApps(check, storage);
    return check;
  }

  #revoke({ storage, parameters }: ApiFunctionsProps): ServiceFunction {
    const revoke = serviceFunction<RevokeEnv>(this, 'Revoke', {
      folder: 'connections/revoke',
      description: 'Revokes connections, at their vendors too',
      timeout,
      environment: {
        CONNECTIONS_TABLE: storage.connections.tableName,
        SECRETS_TABLE: storage.secrets.tableName,
        LIMITS_TABLE: storage.limits.tableName,
        KEY_ID: storage.key.keyArn,
        VENDOR_URLS: parameters.vendorUrls,
        LOOPBACK_DESTINATIONS: parameters.loopbackDestinations,
      },
    });
    revoke.allowForTenant(['dynamodb:UpdateItem'], [storage.limits.tableArn]);
    revoke.allowForTenant(['dynamodb:PutItem', 'dynamodb:Query'], [storage.connections.tableArn]);
    revoke.allowForTenant(['dynamodb:GetItem', 'dynamodb:DeleteItem'], [storage.secrets.tableArn]);
    // It shows tokens to their vendor and destroys them; it can seal none.
    revoke.allowForTenant(['kms:Decrypt'], [storage.key.keyArn], [TOKENS_PURPOSE]);
    readOurApps(revoke, storage);
    return revoke;
  }

  #connect({ storage, parameters, apiUrl }: ApiFunctionsProps): ServiceFunction {
    const connect = serviceFunction<ConnectEnv>(this, 'Connect', {
      folder: 'connections/connect',
      description: 'Connects through OAuth',
      // A vendor is asked for tokens and for the account, each within its own time.
      timeout: Duration.seconds(29),
      environment: {
        CONNECTIONS_TABLE: storage.connections.tableName,
        SECRETS_TABLE: storage.secrets.tableName,
        LIMITS_TABLE: storage.limits.tableName,
        KEY_ID: storage.key.keyArn,
        API_URL: apiUrl,
        REDIRECT_URIS: parameters.redirectUris,
        VENDOR_URLS: parameters.vendorUrls,
        LOOPBACK_DESTINATIONS: parameters.loopbackDestinations,
      },
    });
    connect.allowForTenant(
      ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
      [storage.connections.tableArn],
    );
    connect.allowForTenant(['dynamodb:PutItem'], [storage.secrets.tableArn]);
    connect.allowForTenant(['dynamodb:UpdateItem'], [storage.limits.tableArn]);
    connect.allowForTenant(['kms:GenerateDataKey'], [storage.key.keyArn], [PENDING_PURPOSE, TOKENS_PURPOSE]);
    // What it has sealed of tenants' tokens it cannot open again.
    connect.allowForTenant(['kms:Decrypt'], [storage.key.keyArn], [PENDING_PURPOSE]);
    connect.allow(
      ['dynamodb:PutItem'],
      [storage.connections.tableArn, storage.secrets.tableArn],
      PLATFORM_ROWS,
    );
    connect.allow(['kms:GenerateDataKey'], [storage.key.keyArn], OUR_APPS);
    readOurApps(connect, storage);
    return connect;
  }

  #publish({ storage, parameters }: ApiFunctionsProps): ServiceFunction {
    const publish = serviceFunction<PublishEnv>(this, 'Publish', {
      folder: 'outbound/publish',
      description: 'Takes events into the outbox',
      timeout,
      environment: {
        OUTBOX_TABLE: storage.outbox.tableName,
        EVENT_RETENTION_DAYS: parameters.eventRetentionDays,
      },
    });
    publish.allowForTenant(['dynamodb:PutItem'], [storage.outbox.tableArn]);
    return publish;
  }

  #outcome({ storage }: ApiFunctionsProps): ServiceFunction {
    const outcome = serviceFunction<OutcomeEnv>(this, 'Outcome', {
      folder: 'outbound/outcome',
      description: 'What became of an event',
      timeout,
      environment: {
        OUTBOX_TABLE: storage.outbox.tableName,
        DELIVERIES_TABLE: storage.deliveries.tableName,
      },
    });
    outcome.allowForTenant(['dynamodb:BatchGetItem'], [storage.outbox.tableArn]);
    outcome.allowForTenant(['dynamodb:Query'], [storage.deliveries.tableArn]);
    return outcome;
  }
}
