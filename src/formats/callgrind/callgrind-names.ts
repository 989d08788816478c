/** Stands for samples whose stack is not known. */
export const NO_STACK = '(no stack)';

/** Line ends have no place in a name: %0A and %0D, and %25 for a `%` that would read as one of these. */
export function encodeCallgrindName(name: string): string {
  return name.replace(
    /%(?=25|0A|0D)|[\n\r]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

export function decodeCallgrindName(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%(25|0A|0D)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
