import * as z from 'zod';
import { Envelope, EventInput, operational } from '../events.ts';
import type { JsonSchema } from './alternatives.ts';
import { sorted } from './sorted.ts';

// Each part is optional: what the gate compares is the parts themselves, and a new one must not look required.
const contractsOf = (parts: Readonly<Record<string, z.ZodType>>) => z.object(parts).partial();

const inputs = EventInput.options.map((input) => [input.shape.event_type.value, input] as const);
const operationalData = Object.entries(operational).map(([type, { data }]) => [type, data] as const);

/**
 * The contracts of today as one JSON Schema: `events` holds the input of each publishable type, `operational` the data
 * of the types that Crossdock publishes itself, `envelope` what a destination receives. Rules that are code are not in it.
 */
export const currentContracts = (): JsonSchema =>
  sorted(
    z.toJSONSchema(
      contractsOf({
        envelope: Envelope,
        events: contractsOf(Object.fromEntries(inputs)),
        operational: contractsOf(Object.fromEntries(operationalData)),
      }),
      { io: 'input', unrepresentable: 'any' },
    ),
  );
