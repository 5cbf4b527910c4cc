import type { LocalFunction } from '../lambda/function.ts';
import { type InvokeResult, throttled } from '../lambda/invoke-result.ts';
import { cannotStrike, type Faults } from './fault.ts';

const LOST: InvokeResult = {
  ok: false,
  reason: 'error',
  error: { errorType: 'ServiceException', errorMessage: 'The result of the invocation was lost.' },
};

/**
 * The function with faults at its `Invoke`: `throttle`, `lose_answer` (it has run, and nobody hears of it) and `duplicate` (it runs
 * twice with the same event, at the same time).
 */
export const faultyFunction = (target: LocalFunction, faults: Faults): LocalFunction => ({
  ...target,
  async invoke(event, requestId) {
    const { name } = target;
    const call = {
      service: 'lambda',
      operation: 'Invoke',
      resource: name,
      functionName: name,
      environmentId: '',
      text: JSON.stringify(event),
    } as const;
    const fault = faults.at(call);
    if (!fault) return target.invoke(event, requestId);
    switch (fault.kind) {
      case 'throttle':
        return throttled;
      case 'lose_answer':
        await target.invoke(event, requestId);
        return LOST;
      case 'duplicate': {
        const [first] = await Promise.all([target.invoke(event, requestId), target.invoke(event, requestId)]);
        return first;
      }
      default:
        throw cannotStrike(fault, call);
    }
  },
});
