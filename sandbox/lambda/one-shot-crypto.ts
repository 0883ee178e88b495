import * as nodeCrypto from 'node:crypto';

type Data = string | Uint8Array;

const blockBytes = 64;

function bytesOf(data: Data, encoding?: BufferEncoding): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data, encoding) : data;
}

function sha256(data: Data): Buffer {
  return nodeCrypto.hash('sha256', data, 'buffer');
}

/** Gathers what is hashed and hashes it in one call, which costs a fraction of Node's streaming objects. */
class OneShot {
  #chunks: Data[] = [];
  readonly #digest: (data: Data) => Buffer;

  constructor(digest: (data: Data) => Buffer) {
    this.#digest = digest;
  }

  update(data: Data, encoding?: BufferEncoding): this {
    this.#chunks.push(typeof data === 'string' && encoding !== undefined ? bytesOf(data, encoding) : data);
    return this;
  }

  digest(encoding?: BufferEncoding): Buffer | string {
    const [only = ''] = this.#chunks;
    const data = this.#chunks.length <= 1 ? only : Buffer.concat(this.#chunks.map((chunk) => bytesOf(chunk)));
    const digest = this.#digest(data);
    return encoding === undefined ? digest : digest.toString(encoding);
  }

  copy(): OneShot {
    const copy = new OneShot(this.#digest);
    copy.#chunks = [...this.#chunks];
    return copy;
  }
}

interface PaddedKey {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

const mostRemembered = 100;
/** Keys that are texts come again with every call: a signature begins with the same secret each time. */
const paddedTexts = new Map<string, PaddedKey>();

/** HMAC-SHA-256 from its definition in RFC 2104. */
function hmac(key: Data): (data: Data) => Buffer {
  const { inner, outer } = typeof key === 'string' ? paddedText(key) : paddedKey(key);
  return (data) => sha256(Buffer.concat([outer, sha256(Buffer.concat([inner, bytesOf(data)]))]));
}

function paddedText(text: string): PaddedKey {
  const known = paddedTexts.get(text);
  if (known) return known;
  if (paddedTexts.size >= mostRemembered) paddedTexts.clear();
  const key = paddedKey(bytesOf(text));
  paddedTexts.set(text, key);
  return key;
}

function paddedKey(key: Uint8Array): PaddedKey {
  const short = key.length > blockBytes ? sha256(key) : key;
  return { inner: padded(short, 0x36), outer: padded(short, 0x5c) };
}

function padded(key: Uint8Array, filler: number): Buffer {
  const block = Buffer.alloc(blockBytes, filler);
  for (let index = 0; index < key.length; index++) block[index] = (key[index] ?? 0) ^ filler;
  return block;
}

/** `createHash` with the same digests as Node's; SHA-256 is quicker, everything else is Node's own. */
export function createHash(algorithm: string, options?: nodeCrypto.HashOptions): OneShot | nodeCrypto.Hash {
  return algorithm === 'sha256' && options === undefined
    ? new OneShot(sha256)
    : nodeCrypto.createHash(algorithm, options);
}

/** `createHmac` with the same digests as Node's; SHA-256 is quicker, everything else is Node's own. */
export function createHmac(
  algorithm: string,
  key: nodeCrypto.BinaryLike | nodeCrypto.KeyObject,
): OneShot | ReturnType<typeof nodeCrypto.createHmac> {
  const plain = typeof key === 'string' || key instanceof Uint8Array;
  return algorithm === 'sha256' && plain ? new OneShot(hmac(key)) : nodeCrypto.createHmac(algorithm, key);
}
