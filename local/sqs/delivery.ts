import { randomUUID } from 'node:crypto';
import { invalidValue, SqsError } from './errors.ts';
import type { Delivery } from './message.ts';

/** The longest that one receive can hide a message, extensions included. */
const VISIBILITY_SECONDS_MAX = 43_200;

/** Throws unless `seconds` is a whole number that SQS takes as a visibility timeout. */
export const checkVisibility = (seconds: number): void => {
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > VISIBILITY_SECONDS_MAX)
    throw invalidValue('VisibilityTimeout', seconds, `Must be between 0 and ${VISIBILITY_SECONDS_MAX}.`);
};

/** Notes a receive in `delivery`; returns its receipt. */
export const noteReceived = (delivery: Delivery, nowMs: number, visibilitySeconds: number): string => {
  const receipt = randomUUID();
  delivery.receiveCount += 1;
  delivery.receivedAtMs = nowMs;
  delivery.firstReceivedAtMs ??= nowMs;
  delivery.receipt = receipt;
  delivery.visibleAtMs = nowMs + visibilitySeconds * 1000;
  return receipt;
};

/** Takes back the latest receive: its receiver was gone before it got the message. */
export const unnoteReceived = (delivery: Delivery): void => {
  delivery.receiveCount -= 1;
  if (delivery.receiveCount === 0) delivery.firstReceivedAtMs = undefined;
};

/** Notes the move from `sourceArn` to its dead-letter queue: visible there at once, for no handle given out before. */
export const noteDeadLettered = (delivery: Delivery, sourceArn: string, nowMs: number): void => {
  delivery.deadLetterSourceArn = sourceArn;
  delivery.receipt = undefined;
  delivery.visibleAtMs = nowMs;
};

/** The time until which `seconds` from now hide a message; throws beyond the longest time since its receive. */
export const extendedVisibility = (delivery: Readonly<Delivery>, nowMs: number, seconds: number): number => {
  checkVisibility(seconds);
  const visibleAtMs = nowMs + seconds * 1000;
  if (visibleAtMs - (delivery.receivedAtMs ?? nowMs) > VISIBILITY_SECONDS_MAX * 1000)
    throw new SqsError(
      'InvalidParameterValue',
      `Total VisibilityTimeout for the message is beyond the limit [${VISIBILITY_SECONDS_MAX} seconds]`,
    );
  return visibleAtMs;
};
