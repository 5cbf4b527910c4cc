import { PageQuery } from './pages.ts';
import { ConnectionScope, ScopeId, scopeFields, scopeRule } from './scopes.ts';

/** Which of a tenant's connections are listed: without a scope all, those of the platform first. */
export const ConnectionsQuery = PageQuery.extend({
  scope: ConnectionScope.optional().meta({ description: 'All scopes when left out.' }),
  scope_id: ScopeId.optional(),
}).check(scopeRule);

/** Of which connection the activity is listed. */
export const ActivityQuery = PageQuery.extend(scopeFields).check(scopeRule);
