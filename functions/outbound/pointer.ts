import * as z from 'zod';
import { ConnectorType } from '#contracts/connections.ts';
import { DeliveryId, TenantId } from '#contracts/ids.ts';
import { ConnectionScope, ScopeId } from '#contracts/scopes.ts';

/** What travels through a lane: which delivery, never what is delivered. */
export const Pointer = z.object({
  tenant_id: TenantId,
  delivery_id: DeliveryId,
  connector_type: ConnectorType,
  /** Only on pointers in quarantine: lets exactly that quarantined row be revived when the pointer is redriven. */
  quarantine_id: z.string().optional(),
  /** Where its connection is found; absent for one of the whole platform. */
  scope: z.templateLiteral([ConnectionScope.exclude(['platform']), '#', ScopeId]).optional(),
});
export type Pointer = z.infer<typeof Pointer>;

/** A pointer as a message; the tenant is its group, so that one tenant's backlog does not hold up another's. */
export const toMessage = (pointer: Pointer, delaySeconds?: number) => ({
  body: JSON.stringify(pointer),
  groupId: pointer.tenant_id,
  ...(delaySeconds === undefined ? {} : { delaySeconds }),
});
