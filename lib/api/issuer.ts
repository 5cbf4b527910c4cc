import { CfnCondition, CfnOutput, CfnResource, Duration, Fn, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  ClientAttributes,
  Mfa,
  StringAttribute,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { Construct, type IConstruct } from 'constructs';
import { roles } from '../../contracts/roles.ts';
import type { Parameters } from '../parameters.ts';

export interface IssuerProps {
  readonly parameters: Parameters;
  /** Keep the users when the stack goes. */
  readonly protect: boolean;
}

const PASSWORD_LENGTH_MIN = 14;
const TOKEN_VALIDITY = Duration.hours(1);

const onlyIf = (condition: CfnCondition, scope: IConstruct): void => {
  for (const one of scope.node.findAll()) {
    if (one instanceof CfnResource) one.cfnOptions.condition = condition;
  }
};

/** Who signs users' tokens: the issuer that the parameters name, or a user pool that is made when they name none. */
export class Issuer extends Construct {
  readonly url: string;
  readonly audience: string;

  constructor(scope: Construct, id: string, { parameters, protect }: IssuerProps) {
    super(scope, id);
    const isOurs = new CfnCondition(this, 'IsOurs', {
      expression: Fn.conditionEquals(parameters.oidcIssuer, ''),
    });
    const users = this.#users(protect);
    for (const role of roles) users.addGroup(role, { groupName: role });
    const client = this.#client(users);
    onlyIf(isOurs, users);
    const either = (ours: string, theirs: string) =>
      Fn.conditionIf(isOurs.logicalId, ours, theirs).toString();
    this.url = either(users.userPoolProviderUrl, parameters.oidcIssuer);
    this.audience = either(client.userPoolClientId, parameters.oidcAudience);
    const output = (name: string, value: string) =>
      new CfnOutput(this, name, { value, condition: isOurs }).overrideLogicalId(name);
    output('UserPoolId', users.userPoolId);
    output('UserPoolClientId', client.userPoolClientId);
  }

  #users(protect: boolean): UserPool {
    return new UserPool(this, 'Users', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      // A new address counts once it is verified, so that nobody takes over another's.
      keepOriginal: { email: true },
      // Set when the user is made, and never by the user: whoever could change it would choose a tenant.
      customAttributes: { tenant_id: new StringAttribute({ minLen: 36, maxLen: 36, mutable: false }) },
      passwordPolicy: {
        minLength: PASSWORD_LENGTH_MIN,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      deletionProtection: protect,
      removalPolicy: protect ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }

  /** A public client, for a browser: it signs in by SRP, so that no password is sent. */
  #client(users: UserPool): UserPoolClient {
    return users.addClient('Client', {
      generateSecret: false,
      disableOAuth: true,
      authFlows: { userSrp: true },
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      idTokenValidity: TOKEN_VALIDITY,
      accessTokenValidity: TOKEN_VALIDITY,
      refreshTokenValidity: Duration.days(1),
      writeAttributes: new ClientAttributes().withStandardAttributes({ email: true }),
    });
  }
}
