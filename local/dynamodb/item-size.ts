const NESTED_OVERHEAD_BYTES = 3;
const ENTRY_OVERHEAD_BYTES = 1;

const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const sum = <T>(values: readonly T[], bytesOf: (value: T) => number): number =>
  values.reduce((total, value) => total + bytesOf(value), 0);

const textBytes = (value: unknown): number => Buffer.byteLength(String(value));

const binaryBytes = (value: unknown): number => Buffer.byteLength(String(value), 'base64');

const numberBytes = (value: unknown): number => {
  const text = String(value);
  const mantissa = text.replace(/^[+-]/, '').replace(/e.*$/i, '');
  const digits = mantissa.replace('.', '').replace(/^0+/, '').replace(/0+$/, '');
  return Math.ceil(digits.length / 2) + (text.startsWith('-') ? 2 : 1);
};

/** The size DynamoDB bills for one attribute value such as `{"S":"a"}`, in bytes. */
export const valueBytes = (value: unknown): number => {
  const [type, content] = Object.entries(asRecord(value))[0] ?? [];
  switch (type) {
    case 'S':
      return textBytes(content);
    case 'N':
      return numberBytes(content);
    case 'B':
      return binaryBytes(content);
    case 'SS':
      return sum(asList(content), textBytes);
    case 'NS':
      return sum(asList(content), numberBytes);
    case 'BS':
      return sum(asList(content), binaryBytes);
    case 'L':
      return (
        NESTED_OVERHEAD_BYTES + sum(asList(content), (entry) => ENTRY_OVERHEAD_BYTES + valueBytes(entry))
      );
    case 'M':
      return NESTED_OVERHEAD_BYTES + mapBytes(content, ENTRY_OVERHEAD_BYTES);
    default:
      return 1;
  }
};

const mapBytes = (map: unknown, entryOverheadBytes: number): number =>
  sum(
    Object.entries(asRecord(map)),
    ([name, value]) => textBytes(name) + valueBytes(value) + entryOverheadBytes,
  );

/** The size DynamoDB bills for an item as it is on the wire, in bytes: attribute names and values. */
export const itemBytes = (item: unknown): number => mapBytes(item, 0);
