/** Between the instants of a place (epoch ms) and what its clocks read (as the epoch ms of the same reading in UTC). */
export interface TimeZone {
  readonly readingAt: (instantMs: number) => number;
  /** The first instant at which clocks read this; undefined for a reading that is skipped when they go forward. */
  readonly instantOf: (readingMs: number) => number | undefined;
}

const DAY_MS = 86_400_000;
// Intl also takes offsets such as +02:00, which are no names of the IANA database.
const NAME = /^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/;

const formatOf = (name: string): Intl.DateTimeFormat => {
  try {
    if (!NAME.test(name)) throw new RangeError(name);
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new Error(`there is no time zone '${name}'`);
  }
};

/** The time zone with that IANA name, as this machine's Intl knows it. Throws when there is none. */
export const timeZone = (name: string): TimeZone => {
  const format = formatOf(name);
  const readingAt = (instantMs: number): number => {
    const wholeMs = Math.floor(instantMs / 1000) * 1000;
    const part = Object.fromEntries(
      format.formatToParts(wholeMs).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) + (instantMs - wholeMs);
  };
  const offsetAt = (instantMs: number): number => readingAt(instantMs) - instantMs;
  return {
    readingAt,
    instantOf(readingMs) {
      // Zones stay within a day of UTC and change their offset far less than once in two days.
      const offsets = [offsetAt(readingMs - DAY_MS), offsetAt(readingMs + DAY_MS)];
      const found = offsets.map((ms) => readingMs - ms).filter((instant) => readingAt(instant) === readingMs);
      return found.length === 0 ? undefined : Math.min(...found);
    },
  };
};
