/** What a function, or the platform in its name, asks of something outside it. */
export interface Call {
  readonly service: 'dynamodb' | 'sqs' | 'kms' | 'sts' | 'lambda' | 'destination';
  /** As AWS names it, such as `PutItem` or `Invoke`; a destination's is the HTTP method. */
  readonly operation: string;
  /** Physical names of the tables or of the queue or function; empty where the request names none. */
  readonly resource: string;
  /** The function that calls, or that the platform calls for; empty when that is not known. */
  readonly functionName: string;
  /** Which of the function's execution environments calls; empty for the platform and where that is not known. */
  readonly environmentId: string;
  /** What the request says: its body, a message's body, or an event as JSON. */
  readonly text: string;
}

/** One execution environment of one function. */
export type Worker = Pick<Call, 'functionName' | 'environmentId'>;
