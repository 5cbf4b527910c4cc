import type { Expression } from './expression.ts';
import type { Bounds } from './timetable.ts';

/** How long and how often a call of a target that failed is made again. */
export interface RetryPolicy {
  readonly retryAttemptsMax: number;
  readonly eventAgeMaxMs: number;
}

export interface ScheduledTarget {
  readonly arn: string;
  /** What the target gets; without it, the notification of the service. */
  readonly input?: string | undefined;
  readonly messageGroupId?: string | undefined;
  readonly retry: RetryPolicy;
  readonly deadLetterArn?: string | undefined;
}

/** Something of the template that happens at times: a schedule of EventBridge Scheduler, or a rule of EventBridge. */
export interface Scheduled extends Bounds {
  readonly kind: 'schedule' | 'rule';
  readonly logicalId: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly expression: Expression;
  /** The expression as it stands in the template. */
  readonly expressionText: string;
  readonly targets: readonly ScheduledTarget[];
}
