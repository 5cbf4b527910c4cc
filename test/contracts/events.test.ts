import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PublishableType, publishableTypes } from '../../contracts/event-types.ts';
import { Subject } from '../../contracts/events/subject.ts';
import { EventInput, publishable } from '../../contracts/events.ts';
import { subjectOf } from '../../contracts/subjects.ts';
import { exampleEvents } from '../example-events.ts';

const signal = {
  signal_id: 'sig_1',
  company_id: 'cmp_1',
  signal_type: 'hiring.sales',
  title: 'Builds a sales team',
};
const retraction = { signal_id: 'sig_1', company_id: 'cmp_1' };

const event = (event_type: PublishableType, data: object, more: object = {}) => ({
  event_type,
  schema_version: 'v1',
  occurred_at: '2026-11-20T08:30:00Z',
  idempotency_key: 'key-1',
  data,
  ...more,
});

/** Where an event is refused, as dotted paths; empty when it is accepted. */
const refusedAt = (input: unknown): string[] =>
  (EventInput.safeParse(input).error?.issues ?? []).map(({ path }) => path.join('.'));
const signalRefusedAt = (more: object) => refusedAt(event('signal.published', { ...signal, ...more }));

const examples = exampleEvents().map((input) => input as ReturnType<typeof event>);
const oneOfEachType = publishableTypes.map((type) => examples.find((input) => input.event_type === type));

describe('a technology tag', () => {
  const tag = fc.stringMatching(/^[A-Za-z][A-Za-z0-9.# ]{0,20}[A-Za-z0-9#]$/);
  const field = fc.constantFrom('reasons', 'eligibility_gates');

  it.each(['technology', 'technology_tag', 'technology_tags', 'technologies', 'tech_tag', 'tech_stack'])(
    'is refused as a reason or a gate of kind %s',
    (kind) => {
      const argument = { kind, text: 'Uses a message broker' };
      expect(signalRefusedAt({ reasons: [argument] })).toEqual(['data.reasons.0']);
      expect(signalRefusedAt({ eligibility_gates: [argument] })).toEqual(['data.eligibility_gates.0']);
    },
  );

  it('is refused where an argument of any kind repeats it, in whatever case and spacing', () => {
    const disguised = fc
      .tuple(tag, fc.boolean(), fc.constantFrom('', ' ', '\t'))
      .map(([text, up, space]) => ({
        tag: text,
        text: `${space}${up ? text.toUpperCase() : text.toLowerCase()}${space}`,
      }));
    fc.assert(
      fc.property(field, disguised, fc.array(tag, { maxLength: 3 }), (name, { tag, text }, others) => {
        const data = { technology_tags: [...others, tag], [name]: [{ kind: 'fit', text }] };
        expect(signalRefusedAt(data)).toEqual([`data.${name}.0`]);
      }),
    );
  });

  it('may be spoken of in a reason, and may decorate any signal', () => {
    const reasons = [{ kind: 'skill_shift', text: 'Kafka is the first requirement' }];
    expect(signalRefusedAt({ technology_tags: ['Kafka'], reasons })).toEqual([]);
    fc.assert(
      fc.property(
        fc.array(tag, { maxLength: 50 }),
        (tags) => signalRefusedAt({ technology_tags: tags }).length === 0,
      ),
    );
  });
});

describe('the contract mode of a signal', () => {
  it.each([
    ['signal.published', signal],
    ['signal.retracted', retraction],
  ] as const)('is strict in %s unless it says otherwise', (type, data) => {
    expect(EventInput.parse(event(type, data)).data).toMatchObject({ contract_mode: 'strict' });
  });

  it('needs a contract version unless it is strict', () => {
    for (const contract_mode of ['informational', 'legacy']) {
      expect(signalRefusedAt({ contract_mode })).toEqual(['data.contract_version']);
      expect(signalRefusedAt({ contract_mode, contract_version: '1.4' })).toEqual([]);
      const retracted = event('signal.retracted', { ...retraction, contract_mode });
      expect(refusedAt(retracted)).toEqual(['data.contract_version']);
    }
    expect(signalRefusedAt({ contract_mode: 'strict' })).toEqual([]);
  });

  it('is one of three', () => {
    expect(signalRefusedAt({ contract_mode: 'loose', contract_version: '1' })).toEqual([
      'data.contract_mode',
    ]);
  });
});

describe('the subject of any event', () => {
  it.each(oneOfEachType)('may be left out, or be what the data say: $event_type', (example) => {
    const { event_type, data } = EventInput.parse(example);
    const { subject: _, ...bare } = data;
    const subject = subjectOf(publishable[event_type].subject, bare);
    const { company_id: __, ...brief } = subject;
    expect(refusedAt(event(event_type, bare))).toEqual([]);
    expect(refusedAt(event(event_type, { ...bare, subject }))).toEqual([]);
    expect(refusedAt(event(event_type, { ...bare, subject: brief }))).toEqual([]);
  });

  it.each(oneOfEachType)('is refused when it contradicts the data: $event_type', (example) => {
    const { event_type, data } = EventInput.parse(example);
    const right = subjectOf(publishable[event_type].subject, data);
    const other = fc.record({
      type: fc.constantFrom(...Subject.shape.type.options),
      id: fc.constantFrom(right.id, 'another'),
      company_id: fc.constantFrom(right.company_id, 'cmp_another'),
    });
    fc.assert(
      fc.property(other, (subject) => {
        const wrong = (['type', 'id', 'company_id'] as const).filter((name) => subject[name] !== right[name]);
        const refused = refusedAt(event(event_type, { ...data, subject }));
        expect(refused).toEqual(wrong.map((name) => `data.subject.${name}`));
      }),
    );
  });
});

describe('fields that v1 does not know', () => {
  /** `value` with `extra` in each of its objects; what the objects hold already stays. */
  const withEverywhere = (value: unknown, extra: object): unknown => {
    if (Array.isArray(value)) return value.map((item) => withEverywhere(item, extra));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, inner]) => [key, withEverywhere(inner, extra)]);
    return { ...extra, ...Object.fromEntries(entries) };
  };

  it('are dropped at every level, so that personal data without a field cannot pass through', () => {
    const extra = {
      phone: '+41 44 000 00 00',
      mobile: '+41 79 000 00 00',
      personal_email: 'someone@home.example',
      home_address: { street: 'Seeweg 1', zip: '8000' },
    };
    for (const example of examples) {
      expect(EventInput.parse(withEverywhere(example, extra))).toEqual(EventInput.parse(example));
    }
  });

  it('are dropped whatever they are called and hold', () => {
    const name = fc.string({ minLength: 1, maxLength: 12 }).map((text) => `x_${text}`);
    const extra = fc.dictionary(name, fc.jsonValue({ maxDepth: 2 }), { minKeys: 1, maxKeys: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...examples), extra, (example, fields) => {
        expect(EventInput.parse(withEverywhere(example, fields))).toEqual(EventInput.parse(example));
      }),
    );
  });
});

describe('times', () => {
  it('are kept in UTC with milliseconds, whatever the offset they were sent with', () => {
    const time = fc.date({ min: new Date('1970-01-02'), max: new Date('2099-12-30'), noInvalidDate: true });
    const offsetMinutes = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(time, offsetMinutes, (instant, minutes) => {
        const clock = new Date(instant.getTime() + minutes * 60_000).toISOString().slice(0, -1);
        const [hour, minute] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
        const offset = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
        const occurred_at = `${clock}${minutes < 0 ? '-' : '+'}${offset}`;
        const parsed = EventInput.parse(event('signal.retracted', retraction, { occurred_at }));
        expect(parsed.occurred_at).toBe(instant.toISOString());
      }),
    );
  });

  it('inside the data are kept the same way', () => {
    const ad = { job_ad_id: 'job_1', company_id: 'cmp_1', closed_at: '2026-11-02T09:00:00+01:00' };
    expect(EventInput.parse(event('job_ad.closed', ad)).data).toMatchObject({
      closed_at: '2026-11-02T08:00:00.000Z',
    });
  });

  it.each([
    '2026-11-20',
    '2026-11-20T08:30:00',
    '2026-02-30T08:30:00Z',
    '2026-11-20T25:00:00Z',
    'yesterday',
    '',
  ])('are refused when they name no instant: %j', (occurred_at) => {
    const refused = refusedAt(event('signal.retracted', retraction, { occurred_at }));
    expect(new Set(refused)).toEqual(new Set(['occurred_at']));
  });
});

describe('the frame of an event', () => {
  it.each(['event_type', 'schema_version', 'occurred_at', 'idempotency_key', 'data'])('needs %s', (name) => {
    const { [name]: _, ...rest } = event('signal.published', signal) as Record<string, unknown>;
    expect(refusedAt(rest)).toEqual([name]);
  });

  it.each(['integration.sync_completed', 'company.deleted', ''])(
    'has a type that can be published, not %j',
    (type) => {
      expect(refusedAt({ ...event('signal.published', signal), event_type: type })).toEqual(['event_type']);
    },
  );

  it('is of the one major version', () => {
    expect(refusedAt(event('signal.published', signal, { schema_version: 'v2' }))).toEqual([
      'schema_version',
    ]);
  });

  it('parses to itself once it is parsed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...examples), (example) => {
        const once = EventInput.parse(example);
        expect(EventInput.parse(once)).toEqual(once);
      }),
    );
  });
});
