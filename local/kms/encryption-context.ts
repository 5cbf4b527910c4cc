const withLength = (text: string): Buffer[] => {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
};

/**
 * The bytes that authenticate an encryption context: the same for any order of its entries, different for any two
 * different contexts.
 */
export const canonicalContext = (context: Readonly<Record<string, string>>): Buffer =>
  // Without the lengths {a: 'bc'} and {ab: 'c'} would authenticate each other's ciphertexts.
  Buffer.concat(
    Object.entries(context)
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .flatMap(([name, value]) => [...withLength(name), ...withLength(value)]),
  );
