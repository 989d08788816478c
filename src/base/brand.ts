/** A number (or string) that the type checker keeps apart from every other: units and row numbers. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };

/** A length of time. Integers up to 2^53 ns: 104 days. */
export type Nanoseconds = Brand<number, 'Nanoseconds'>;

/** A size in memory or in a file. */
export type Bytes = Brand<number, 'Bytes'>;

/** A virtual address in a process, below 2^53 (user addresses have 47 bits on x86-64, 48 on arm64). */
export type Address = Brand<number, 'Address'>;
