import { describe, expect, it } from 'vitest';
import { itemBytes } from '../../../local/dynamodb/item-size.ts';

describe('the billed size of an item', () => {
  it.each([
    ['text counts UTF-8 bytes', { a: { S: 'é€😀' } }, 1 + 9],
    ['names count UTF-8 bytes', { 'é€': { S: '' } }, 5],
    ['all attributes add up', { pk: { S: 'abc' }, sk: { S: '1' } }, 5 + 3],
    ['zero', { n: { N: '0' } }, 1 + 1],
    ['two digits a byte, and one', { n: { N: '123' } }, 1 + 3],
    ['38 digits', { n: { N: '12345678901234567890123456789012345678' } }, 1 + 20],
    ['a sign', { n: { N: '-1' } }, 1 + 3],
    ['trailing zeros are free', { n: { N: '100' } }, 1 + 2],
    ['leading zeros are free', { n: { N: '0.001' } }, 1 + 2],
    ['the exponent is free', { n: { N: '1e100' } }, 1 + 2],
    ['binary counts decoded bytes', { b: { B: Buffer.alloc(5).toString('base64') } }, 1 + 5],
    ['booleans', { b: { BOOL: true } }, 1 + 1],
    ['null', { b: { NULL: true } }, 1 + 1],
    ['sets have no overhead', { s: { SS: ['abc', 'def'] } }, 1 + 6],
    ['sets of numbers', { s: { NS: ['1', '22'] } }, 1 + 4],
    ['sets of binaries', { s: { BS: ['AAAA', 'AA=='] } }, 1 + 4],
    ['an empty list', { l: { L: [] } }, 1 + 3],
    ['a list adds one byte an element', { l: { L: [{ S: 'abc' }] } }, 1 + 3 + 1 + 3],
    ['an empty map', { m: { M: {} } }, 1 + 3],
    ['a map adds one byte an entry', { m: { M: { ab: { S: 'abc' }, cd: { BOOL: true } } } }, 1 + 3 + 6 + 4],
    ['nesting', { l: { L: [{ L: [] }, { M: {} }] } }, 1 + 3 + 4 + 4],
    ['nothing', undefined, 0],
  ])('%s', (_, item, bytes) => {
    expect(itemBytes(item)).toBe(bytes);
  });
});
