/**
 * Makes the shop's public socket report the address of its client. Miniflare opens it as it does for development: every client may
 * say in a header where a request comes from (`cfBlobHeader`), and may ask for an RPC session with the router
 * (`capnpConnectHost`). Without both, workerd ignores such headers and gives the Worker the address of its peer
 * (`request.cf.clientIp`). Miniflare has no setting for it, so the configuration is changed on its way to workerd, in `guard.ts`.
 *
 * @see https://capnproto.org/encoding.html
 */
/** Where the schema of workerd (`workerd.capnp`) puts what is needed of it: the index of each pointer within its struct. */
const slots = {
  config: { sockets: 1 },
  socket: { name: 0, http: 2 },
  http: { cfBlobHeader: 1, capnpConnectHost: 4 },
} as const;

/** A struct or the tag of a list of structs, as positions in bytes. */
interface Struct {
  readonly segment: DataView;
  readonly pointersAt: number;
  readonly pointers: number;
}

const wordBytes = 8;

/** Answers how many sockets were changed: those whose name begins with `prefix`. Changes `message` itself. */
export function guardSockets(message: Uint8Array, prefix: string): number {
  const segments = segmentsOf(message);
  const config = structAt(segments, 0, 0);
  let changed = 0;
  for (const socket of listOf(segments, config, slots.config.sockets)) {
    if (!textOf(segments, socket, slots.socket.name).startsWith(prefix)) continue;
    const http = structOf(segments, socket, slots.socket.http);
    for (const slot of Object.values(slots.http)) {
      if (slot < http.pointers) http.segment.setBigUint64(http.pointersAt + slot * wordBytes, 0n, true);
    }
    changed += 1;
  }
  return changed;
}

function segmentsOf(message: Uint8Array): readonly DataView[] {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const count = view.getUint32(0, true) + 1;
  let at = Math.ceil((count + 1) / 2) * wordBytes;
  return Array.from({ length: count }, (_, index) => {
    const bytes = view.getUint32(4 + index * 4, true) * wordBytes;
    const segment = new DataView(message.buffer, message.byteOffset + at, bytes);
    at += bytes;
    return segment;
  });
}

interface Place {
  readonly segment: DataView;
  /** The pointer, or the landing pad of one that leads to another segment. */
  readonly at: number;
}

/** Follows a pointer into another segment to the one that stands there. */
function placeOf(segments: readonly DataView[], segment: DataView, at: number): Place {
  const low = segment.getUint32(at, true);
  if ((low & 3) !== 2) return { segment, at };
  if ((low & 4) !== 0) throw new Error('The configuration of workerd has a double far pointer');
  const target = segments[segment.getUint32(at + 4, true)];
  if (target === undefined) throw new Error('The configuration of workerd points outside of itself');
  return { segment: target, at: (low >>> 3) * wordBytes };
}

/** Where the content of a pointer begins: its offset counts words from behind the pointer. */
function contentAt({ segment, at }: Place): number {
  return at + wordBytes + (segment.getInt32(at, true) >> 2) * wordBytes;
}

function structAt(segments: readonly DataView[], segmentId: number, at: number): Struct {
  const first = segments[segmentId];
  if (first === undefined) throw new Error('The configuration of workerd is empty');
  return structIn(placeOf(segments, first, at));
}

function structIn(place: Place): Struct {
  const { segment, at } = place;
  const dataBytes = segment.getUint16(at + 4, true) * wordBytes;
  return { segment, pointersAt: contentAt(place) + dataBytes, pointers: segment.getUint16(at + 6, true) };
}

function pointerOf(segments: readonly DataView[], { segment, pointersAt, pointers }: Struct, slot: number): Place {
  if (slot >= pointers) throw new Error(`The configuration of workerd has no pointer ${slot}`);
  return placeOf(segments, segment, pointersAt + slot * wordBytes);
}

function structOf(segments: readonly DataView[], parent: Struct, slot: number): Struct {
  return structIn(pointerOf(segments, parent, slot));
}

/** A list of structs begins with a word that tells how many there are and how large each is. */
function listOf(segments: readonly DataView[], parent: Struct, slot: number): readonly Struct[] {
  const place = pointerOf(segments, parent, slot);
  const { segment } = place;
  const tagAt = contentAt(place);
  const count = segment.getUint32(tagAt, true) >>> 2;
  const dataBytes = segment.getUint16(tagAt + 4, true) * wordBytes;
  const pointers = segment.getUint16(tagAt + 6, true);
  const sizeBytes = dataBytes + pointers * wordBytes;
  return Array.from({ length: count }, (_, index) => ({
    segment,
    pointersAt: tagAt + wordBytes + index * sizeBytes + dataBytes,
    pointers,
  }));
}

function textOf(segments: readonly DataView[], parent: Struct, slot: number): string {
  const place = pointerOf(segments, parent, slot);
  const { segment, at } = place;
  // The length counts the zero byte at the end of a text.
  const lengthBytes = (segment.getUint32(at + 4, true) >>> 3) - 1;
  if (lengthBytes < 0) return '';
  return new TextDecoder().decode(new Uint8Array(segment.buffer, segment.byteOffset + contentAt(place), lengthBytes));
}
