import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** Adds to a metric of the given dimensions. A dimension never holds a tenant: each value is a paid series. */
export type Count = (metric: string, value: number, dimensions: Readonly<Record<string, string>>) => void;

/** Metrics as embedded JSON in the log, one line per call. */
export const makeCount = (): Count => {
  const metrics = new Metrics({ namespace: 'Crossdock' });
  return (metric, value, dimensions) => {
    const single = metrics.singleMetric();
    for (const [name, dimension] of Object.entries(dimensions)) single.addDimension(name, dimension);
    single.addMetric(metric, MetricUnit.Count, value);
  };
};
