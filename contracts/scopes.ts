import * as z from 'zod';

/** What a connection is for: all of the tenant's platform, or one occasion or event alone. */
export const ConnectionScope = z.enum(['platform', 'occasion', 'event']);
export type ConnectionScope = z.infer<typeof ConnectionScope>;

/** The id of an occasion or event: a UUID or a slug. It stands in keys, so nothing that parts them can be in it. */
export const ScopeId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be 1 to 100 letters, digits, dots, dashes or underscores')
  .meta({ description: 'Which occasion or event; only beside a scope that is one of them.' });

/** Whatever is of a scope. `scope_id` is there for an occasion or an event, and only then. */
export interface Scoped {
  readonly scope: ConnectionScope;
  readonly scope_id?: string | undefined;
}

type PerhapsScoped = { readonly [Field in keyof Scoped]?: Scoped[Field] | undefined };

/** How a request names a scope; `scopeRule` checks the two fields together. */
export const scopeFields = {
  scope: ConnectionScope.default('platform'),
  scope_id: ScopeId.optional(),
};

/** A check of an object with a scope: an occasion and an event need an id, and the platform has none. */
export const scopeRule = ({ value, issues }: z.core.ParsePayload<PerhapsScoped>): void => {
  const { scope = 'platform', scope_id } = value;
  if ((scope === 'platform') === (scope_id === undefined)) return;
  const message = scope === 'platform' ? 'is of an occasion or an event alone' : `is required of an ${scope}`;
  issues.push({ code: 'custom', path: ['scope_id'], message, input: scope_id });
};

/** The scope that a query string names. */
export const ScopeQuery = z.object(scopeFields).check(scopeRule);

/** An occasion or event in one word, as it stands in keys, rows and pointers. */
export type InnerScope = `${'occasion' | 'event'}#${string}`;
export type ScopeName = 'platform' | InnerScope;

/** The occasion or event that something is of; undefined when it is of the whole platform, or of no scope. */
export const innerScope = ({ scope = 'platform', scope_id = '' }: PerhapsScoped): InnerScope | undefined =>
  scope === 'platform' ? undefined : `${scope}#${scope_id}`;

/** A scope in one word. */
export const scopeName = (scoped: Scoped): ScopeName => innerScope(scoped) ?? 'platform';

/** The scope alone of whatever is of one. */
export const scopeOf = ({ scope, scope_id }: Scoped): Scoped =>
  scope_id === undefined ? { scope } : { scope, scope_id };
