// CRC-64 as in xz (ECMA-182): polynomial 0xC96C5795D7870F42 reflected, start and end inverted. In two halves of 32 bits.

const POLYNOMIAL_LOW = 0xd787_0f42;
const POLYNOMIAL_HIGH = 0xc96c_5795;
const [LOW, HIGH] = makeTables();

/** The checksum of the bytes: its lower and its upper half. */
export function computeCrc64(bytes: Uint8Array): readonly [low: number, high: number] {
  let low = -1;
  let high = -1;
  for (let at = 0; at < bytes.length; at++) {
    const index = (low ^ bytes[at]) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ LOW[index];
    high = (high >>> 8) ^ HIGH[index];
  }
  return [~low >>> 0, ~high >>> 0];
}

function makeTables(): readonly [Int32Array, Int32Array] {
  const tables = [new Int32Array(256), new Int32Array(256)] as const;
  for (let byte = 0; byte < 256; byte++) {
    let low = byte;
    let high = 0;
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = (low & 1) === 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (isOdd) {
        low ^= POLYNOMIAL_LOW;
        high ^= POLYNOMIAL_HIGH;
      }
    }
    tables[0][byte] = low;
    tables[1][byte] = high;
  }
  return tables;
}
