import { Logger } from '@aws-lambda-powertools/logger';

/**
 * Everything that a log line may hold. Ids, codes and counts only: there is no field that a payload, an e-mail
 * address or a secret could be put into.
 */
export interface LogLine {
  readonly stage: string;
  readonly outcome: string;
  readonly code?: string | undefined;
  readonly tenant_id?: string | undefined;
  readonly event_id?: string | undefined;
  readonly event_type?: string | undefined;
  readonly delivery_id?: string | undefined;
  readonly connection_id?: string | undefined;
  readonly connector_type?: string | undefined;
  readonly attempt?: number | undefined;
  readonly count?: number | undefined;
  readonly duration_ms?: number | undefined;
  readonly lag_ms?: number | undefined;
  readonly request_id?: string | undefined;
}

export type Log = (line: LogLine) => void;

/** One JSON line per stage run, through Powertools. */
export const makeLog = (service: string): Log => {
  const logger = new Logger({ serviceName: service, logLevel: 'INFO' });
  return (line) => logger.info(`${line.stage} ${line.outcome}`, { ...line });
};

/**
 * The name of what was thrown, never its message: an SDK's or a vendor's message can quote the values that were sent.
 */
export const errorCode = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
