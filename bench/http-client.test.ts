/** The reader of answers, at every place where a network may cut one in two. */
import { describe, expect, it } from 'vitest';
import { readAnswer } from './http-client.ts';

const withLength = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello');
const inChunks = Buffer.from(
  'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n',
);

describe('an answer that arrives in pieces', () => {
  it.each([
    ['with a length', withLength, 200],
    ['in chunks', inChunks, 201],
  ])('%s is read when it is complete and not before', (_, bytes, status) => {
    const lastNeeded = bytes === inChunks ? bytes.length - 2 : bytes.length;
    for (let length = 0; length < lastNeeded; length += 1) expect(readAnswer(bytes.subarray(0, length))).toBeNull();
    const answer = readAnswer(bytes);
    expect(answer?.status).toBe(status);
    expect(answer?.body.toString()).toBe('hello');
  });

  it('has no body after 204, whatever its headers say', () => {
    expect(readAnswer(Buffer.from('HTTP/1.1 204 No Content\r\n\r\n'))).toMatchObject({ status: 204 });
  });
});
