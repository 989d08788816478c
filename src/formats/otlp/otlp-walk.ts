// The way through the messages around profiles and samples, which have no end that memory would hold.

import { MalformedError } from '../../base/malformed.ts';
import type { Input } from '../input.ts';
import { WIRE_LENGTH } from '../protobuf/field-reader.ts';
import { MessageStream } from '../protobuf/message-stream.ts';
import { DATA, RESOURCE_PROFILES, SCOPE_PROFILES } from './otlp-fields.ts';
import { refuseVersion, UP_TO_1_7 } from './otlp-versions.ts';

/** What is done with the parts. Each takes the value of the current field, which ends at the given offset. */
export interface OtlpVisitor {
  dictionary(stream: MessageStream, end: number): void;
  /** A new resource begins. */
  beginResource(): void;
  resource(stream: MessageStream): void;
  /** A new group of profiles begins. */
  beginScope(): void;
  profile(stream: MessageStream, end: number): void;
}

/** Gives what stopped the walk before the end of the file, if anything did. */
export function walkOtlp(input: Input, visitor: OtlpVisitor): string | undefined {
  const stream = new MessageStream(input.blocks());
  try {
    walkFields(stream, Number.POSITIVE_INFINITY, (end) => {
      if (stream.field === DATA.dictionary) visitor.dictionary(stream, end);
      else if (stream.field === DATA.resourceProfiles) walkResource(stream, end, visitor);
      // Tables that stand beside the profiles: the dictionary of the oldest versions.
      else if (stream.field <= 8) refuseVersion(UP_TO_1_7);
      else stream.skip();
    });
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return error.message;
  }
  return undefined;
}

/** Calls `visit` for every field that has a length, up to offset `end`, with the offset that its value ends at. */
export function walkFields(
  stream: MessageStream,
  end: number,
  visit: (contentEnd: number) => void,
  visitNumber: () => void = () => {},
): void {
  while (stream.next(end)) {
    if (stream.wire === WIRE_LENGTH) visit(stream.contentEnd);
    else visitNumber();
  }
}

function walkResource(stream: MessageStream, end: number, visitor: OtlpVisitor): void {
  visitor.beginResource();
  walkFields(stream, end, (contentEnd) => {
    if (stream.field === RESOURCE_PROFILES.resource) visitor.resource(stream);
    else if (stream.field === RESOURCE_PROFILES.scopeProfiles) walkScope(stream, contentEnd, visitor);
    else stream.skip();
  });
}

function walkScope(stream: MessageStream, end: number, visitor: OtlpVisitor): void {
  visitor.beginScope();
  walkFields(stream, end, (contentEnd) => {
    if (stream.field === SCOPE_PROFILES.profiles) visitor.profile(stream, contentEnd);
    else stream.skip();
  });
}
