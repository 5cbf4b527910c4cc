import { allOf, type Counts, totalOf } from './counts.ts';
import type { Prices } from './prices.ts';

/** What a run used. */
export interface Usage {
  readonly delivered: number;
  readonly counts: Counts;
  /** Metered requests to the HTTP API. */
  readonly httpRequests: number;
  /** Bytes sent to destinations and to publishers. */
  readonly egressBytes: number;
}

export interface CostLine {
  readonly name: string;
  readonly unit: string;
  readonly perMillion: number;
  /** Per million delivered events. */
  readonly dollars: number;
}

/** START, END and REPORT, which Lambda logs for each invocation and the embedded cloud does not. */
export const PLATFORM_LOG_BYTES = 280;
/** One line of the gateway's access log, which the embedded cloud does not write. */
export const ACCESS_LOG_BYTES = 200;

const GB = 1e9;

/** All bytes that CloudWatch Logs would ingest. */
export const logBytesOf = ({ counts, httpRequests }: Usage): number =>
  totalOf(counts, 'logBytes') +
  totalOf(counts, 'invocations') * PLATFORM_LOG_BYTES +
  httpRequests * ACCESS_LOG_BYTES;

/**
 * The bill for a million delivered events, line by line. `kmsCalls` are given apart from the usage: workers make them
 * when they meet a connection, which may have been before.
 */
export const costLines = (usage: Usage, kmsCalls: number, prices: Prices): CostLine[] => {
  const { counts, delivered } = usage;
  const line = (name: string, unit: string, used: number, price: number): CostLine => {
    const perMillion = (used / delivered) * 1e6;
    return { name, unit, perMillion, dollars: perMillion * price };
  };
  const invocations = totalOf(counts, 'invocations');
  const sqs = allOf(counts.sqs);
  return [
    line('HTTP API', 'requests', usage.httpRequests, prices.httpApiRequest),
    line('Lambda requests', 'requests', invocations, prices.lambdaRequest),
    line('Lambda time', 'GB-s', totalOf(counts, 'gbSeconds'), prices.lambdaGbSecond),
    line('DynamoDB writes', 'units', totalOf(counts, 'writeUnits'), prices.dynamoDbWriteUnit),
    line('DynamoDB reads', 'units', totalOf(counts, 'readUnits'), prices.dynamoDbReadUnit),
    line('DynamoDB stream reads', 'records', delivered, prices.streamRead),
    line('SQS requests', 'requests', sqs, prices.sqsRequest),
    line('SQS fair queues', 'requests', sqs, prices.sqsFairSurcharge),
    line('KMS', 'requests', kmsCalls, prices.kmsRequest),
    line('CloudWatch Logs', 'GB', logBytesOf(usage) / GB, prices.logsIngestedGb),
    line('Egress', 'GB', usage.egressBytes / GB, prices.egressGb),
  ];
};
