import { CfnParameter, CfnRule, Fn } from 'aws-cdk-lib';
import { Construct } from 'constructs';

const VENDOR_URLS = {
  description: 'JSON of connector type to URL: a sandbox or simulator in the place of a vendor',
  default: '{}',
  allowedPattern: '^\\{.*\\}$',
  constraintDescription: 'A JSON object.',
};

const requireAudience = (scope: Construct, issuer: string, audience: string) =>
  new CfnRule(scope, 'AudienceOfIssuer', {
    ruleCondition: Fn.conditionNot(Fn.conditionEquals(issuer, '')),
    assertions: [
      {
        assert: Fn.conditionNot(Fn.conditionEquals(audience, '')),
        assertDescription: 'OidcIssuer needs OidcAudience: a token for another audience is not for us.',
      },
    ],
  });

/** What an operator can set at deployment, without touching code. */
export class Parameters extends Construct {
  /** SHA-256 of each operator token in hex, separated by commas. Without one, nobody can call. */
  readonly operatorTokenHashes: string;
  /** Whether connections may point at this machine: for local development only. */
  readonly loopbackDestinations: string;
  /** JSON of connector type → URL, where a vendor is not at its own address. */
  readonly vendorUrls: string;
  /** Where vendors may send users back to, beside the API's own callback; separated by commas. */
  readonly redirectUris: string;
  readonly eventRetentionDays: string;
  readonly deliveryRetentionDays: string;
  /** The OpenID Connect issuer of users' tokens; empty for a user pool of the stack's own. */
  readonly oidcIssuer: string;
  /** Whom its tokens must be for. */
  readonly oidcAudience: string;
  readonly oidcTenantClaim: string;
  readonly oidcRolesClaim: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const parameter = (name: string, props: ConstructorParameters<typeof CfnParameter>[2]) => {
      const made = new CfnParameter(this, name, props);
      made.overrideLogicalId(name);
      return made.valueAsString;
    };
    const days = { allowedPattern: '^[1-9][0-9]{0,3}$', constraintDescription: 'Whole days, 1 to 9999.' };
    this.operatorTokenHashes = parameter('OperatorTokenHashes', {
      description: 'SHA-256 hashes of the operator tokens, in hex, separated by commas',
      default: '',
      noEcho: true,
    });
    this.loopbackDestinations = parameter('LoopbackDestinations', {
      description: 'Leave at refuse in any deployment: allow lets connections reach loopback addresses',
      default: 'refuse',
      allowedValues: ['allow', 'refuse'],
    });
    this.vendorUrls = parameter('VendorUrls', VENDOR_URLS);
    this.redirectUris = parameter('RedirectUris', {
      description:
        'Redirect URIs of OAuth that are taken beside the callback of the API, separated by commas',
      default: '',
    });
    this.eventRetentionDays = parameter('EventRetentionDays', {
      ...days,
      description: 'How long events can be delivered, read and replayed',
      default: '90',
    });
    this.deliveryRetentionDays = parameter('DeliveryRetentionDays', {
      ...days,
      description: 'How long the record of a finished delivery is kept',
      default: '30',
    });
    this.oidcIssuer = parameter('OidcIssuer', {
      description:
        "The OpenID Connect issuer of users' tokens; leave empty for a user pool of the stack's own",
      default: '',
      allowedPattern: '^(https?://[^\\s?#]{1,2000})?$',
      constraintDescription: 'An https URL as tokens have it in iss, or nothing.',
    });
    this.oidcAudience = parameter('OidcAudience', {
      description: 'Audiences or clients that tokens of OidcIssuer must be for, separated by commas',
      default: '',
    });
    const claim = { minLength: 1, maxLength: 200 };
    this.oidcTenantClaim = parameter('OidcTenantClaim', {
      ...claim,
      description: "The claim that names a user's tenant, a UUID",
      default: 'custom:tenant_id',
    });
    this.oidcRolesClaim = parameter('OidcRolesClaim', {
      ...claim,
      description: "The claim that lists a user's roles: tenant_admin, tenant_member, super_admin",
      default: 'cognito:groups',
    });
    requireAudience(this, this.oidcIssuer, this.oidcAudience);
  }
}
