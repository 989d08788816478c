/** Stands for samples whose stack is not known. */
export const NO_STACK = '(no stack)';

/**
 * Line ends have no place in a name, nor white space at its ends, nor what makes a file binary: %0A, %20 and so on, and %25 for
 * a `%` that would read as one of these.
 */
export function encodeCallgrindName(name: string): string {
  return name.replace(
    /%(?=25|0A|0D|00)|^%(?=09|20)|%(?=(?:09|20)$)|[\n\r\0]|^[ \t]|[ \t]$/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

export function decodeCallgrindName(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%(?:25|0A|0D|00)|^%(?:09|20)|%(?:09|20)$/g, (code) =>
    String.fromCharCode(Number.parseInt(code.slice(1), 16)),
  );
}
