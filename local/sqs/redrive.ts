import { invalidValue } from './errors.ts';
import type { Message } from './message.ts';
import {
  allowsRedriveFrom,
  numberAttribute,
  type QueueAttributes,
  type RedrivePolicy,
  redrivePolicyOf,
} from './queue-attributes.ts';

/** What a receive does with the next message: hand it over, drop it for its age, or move it to the dead-letter queue. */
type Fate = 'deliver' | 'expired' | 'dead-letter';

/** The attributes that decide a message's fate, read once per change rather than once per message. */
export interface FateRules {
  readonly retentionMs: number;
  readonly redrive: RedrivePolicy | undefined;
}

export const fateRulesOf = (attributes: QueueAttributes): FateRules => ({
  retentionMs: numberAttribute(attributes, 'MessageRetentionPeriod') * 1000,
  redrive: redrivePolicyOf(attributes),
});

/**
 * The fate of a message about to be received. Age counts from the first send, also in a dead-letter queue; the move comes
 * at the receive after the last one allowed.
 */
export const fateOf = ({ content, delivery }: Message, rules: FateRules, nowMs: number): Fate => {
  if (nowMs - content.sentAtMs > rules.retentionMs) return 'expired';
  return rules.redrive && delivery.receiveCount >= rules.redrive.maxReceiveCount ? 'dead-letter' : 'deliver';
};

interface Target {
  readonly attributes: QueueAttributes;
}

/** Throws when the dead-letter queue that `attributes` name is missing or does not let `sourceArn` use it. */
export const checkRedriveTarget = (
  attributes: QueueAttributes,
  sourceArn: string,
  queueByArn: (arn: string) => Target | undefined,
): void => {
  const policy = redrivePolicyOf(attributes);
  if (!policy) return;
  const target = queueByArn(policy.deadLetterTargetArn);
  if (target && allowsRedriveFrom(target.attributes, sourceArn)) return;
  const reason = target
    ? 'Dead letter target does not allow this queue to use it.'
    : 'Dead letter target does not exist.';
  throw invalidValue('RedrivePolicy', attributes.get('RedrivePolicy'), reason);
};
