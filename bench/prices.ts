/** List prices in US dollars, without any free tier. A GB is 10^9 bytes here, which errs on the dear side. */
export interface Prices {
  readonly region: string;
  readonly asOf: string;
  /** Per metered request; a request is metered once per started 512 KB. */
  readonly httpApiRequest: number;
  readonly lambdaRequest: number;
  /** On arm64, initialization included. */
  readonly lambdaGbSecond: number;
  /** On demand. */
  readonly dynamoDbWriteUnit: number;
  readonly dynamoDbReadUnit: number;
  /** Reads of a stream by an event source mapping. */
  readonly streamRead: number;
  /** Per metered request; a request is metered once per started 64 KB. */
  readonly sqsRequest: number;
  /** On top, where messages carry a message group. */
  readonly sqsFairSurcharge: number;
  readonly kmsRequest: number;
  readonly logsIngestedGb: number;
  readonly egressGb: number;
}

const perMillion = (dollars: number): number => dollars / 1e6;

export const PRICES: Prices = {
  region: 'us-east-1',
  asOf: 'November 2026',
  httpApiRequest: perMillion(1.0),
  lambdaRequest: perMillion(0.2),
  lambdaGbSecond: 0.0000133334,
  dynamoDbWriteUnit: perMillion(0.625),
  dynamoDbReadUnit: perMillion(0.125),
  streamRead: 0,
  sqsRequest: perMillion(0.4),
  sqsFairSurcharge: perMillion(0.1),
  kmsRequest: 0.03 / 10_000,
  logsIngestedGb: 0.5,
  egressGb: 0.09,
};
