import { errorCode } from '../../platform/log/log.ts';
import type { Pointer } from '../pointer.ts';
import type { DeliverDeps } from './deps.ts';

/** Runs `step` and turns an infrastructure failure into `again`: the message comes back, and nothing is lost. */
export const orAgain = async <T>(
  step: () => Promise<T>,
  pointer: Pointer,
  deps: DeliverDeps,
): Promise<T | 'again'> => {
  try {
    return await step();
  } catch (error) {
    const { tenant_id, delivery_id, connector_type } = pointer;
    deps.log({
      stage: 'deliver',
      outcome: 'failed',
      code: errorCode(error),
      tenant_id,
      delivery_id,
      connector_type,
    });
    return 'again';
  }
};
