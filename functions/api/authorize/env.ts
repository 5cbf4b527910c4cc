import * as z from 'zod';
import { checkDestination } from '../../platform/egress/destination.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Texts separated by commas. */
const listOf = (schema: z.ZodString, message: string, countMin: number) =>
  z.string().transform((text, context) => {
    const items = text.split(',').flatMap((item) => item.trim() || []);
    const list = z.array(schema).min(countMin).safeParse(items);
    if (list.success) return list.data;
    context.issues.push({ code: 'custom', message, input: '' });
    return z.NEVER;
  });

const isIssuer = (text: string, allowLoopback: boolean): boolean =>
  checkDestination(text, { allowLoopback }).ok && !/[?#]/.test(text);

export const Env = z
  .object({
    /** SHA-256 of each operator token in hex, separated by commas: the tokens themselves are nowhere in AWS. */
    OPERATOR_TOKEN_HASHES: listOf(Sha256, 'must be hex SHA-256 hashes', 0),
    /** Who signs users' tokens, as `iss` names him: an https URL without query (OpenID Connect Core 1.0, section 2). */
    OIDC_ISSUER: z.string(),
    /** Whom a token must be for: audiences or Cognito clients, separated by commas. */
    OIDC_AUDIENCE: listOf(z.string(), 'must name an audience', 1),
    OIDC_TENANT_CLAIM: z.string().min(1),
    OIDC_ROLES_CLAIM: z.string().min(1),
    /** Whether the issuer may be on this machine, by plain http. */
    LOOPBACK_DESTINATIONS: z.enum(['allow', 'refuse']),
  })
  .refine((env) => isIssuer(env.OIDC_ISSUER, env.LOOPBACK_DESTINATIONS === 'allow'), {
    path: ['OIDC_ISSUER'],
    message: 'must be the https URL of an issuer',
  });
export type Env = z.input<typeof Env>;
