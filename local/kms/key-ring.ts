import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { type KeyFile, type KeyRecord, readKeyFile, writeKeyFile } from './key-file.ts';
import { KmsError } from './kms-error.ts';

/** Whose keys these are, and where they are kept (in memory without a file). */
export interface KeyRingOptions {
  readonly region: string;
  readonly account: string;
  readonly clock: Clock;
  readonly file?: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ARN = /^arn:[\w-]+:kms:([\w-]*):(\d*):(.+)$/;

/** The keys and aliases of one account and region. Every change is on disk before the call returns. */
export class KeyRing {
  readonly #options: KeyRingOptions;
  readonly #keys: Map<string, KeyRecord>;
  readonly #aliases: Map<string, string>;

  constructor(options: KeyRingOptions) {
    this.#options = options;
    const stored: KeyFile = options.file ? readKeyFile(options.file) : { keys: [], aliases: [] };
    this.#keys = new Map(stored.keys.map((key) => [key.id, key]));
    this.#aliases = new Map(stored.aliases.map(({ name, keyId }) => [name, keyId]));
  }

  get account(): string {
    return this.#options.account;
  }

  now(): number {
    return this.#options.clock.now();
  }

  keyArn(keyId: string): string {
    return this.#arn(`key/${keyId}`);
  }

  aliasArn(name: string): string {
    return this.#arn(name);
  }

  /** Creates the key when there is none of that id; an existing one keeps its material and its state. */
  ensureKey(
    id: string,
    properties: { readonly description?: string; readonly rotationEnabled?: boolean },
  ): void {
    if (!UUID.test(id)) throw new Error(`A key id must be a lower-case uuid: ${id}`);
    const existing = this.#keys.get(id);
    const wanted = {
      description: properties.description ?? '',
      rotationEnabled: properties.rotationEnabled ?? false,
    };
    if (existing) Object.assign(existing, wanted);
    else this.#keys.set(id, this.#newKey(id, wanted));
    this.#save();
  }

  /** Points the alias at a key; throws when there is no such key. */
  ensureAlias(name: string, keyId: string): void {
    if (!/^alias\/[\w/-]+$/.test(name)) throw new Error(`An alias must look like alias/name: ${name}`);
    this.#aliases.set(name, this.find(keyId).id);
    this.#save();
  }

  /** Every alias with the id of its key. */
  aliases(): readonly (readonly [name: string, keyId: string])[] {
    return [...this.#aliases];
  }

  /** The key for a key id, key ARN, alias name or alias ARN. Throws NotFoundException or InvalidArnException. */
  find(reference: string): Readonly<KeyRecord> {
    const name = this.#localName(reference);
    const aliased = name.startsWith('alias/') ? this.#aliases.get(name) : name;
    if (aliased === undefined)
      throw new KmsError('NotFoundException', `Alias ${this.aliasArn(name)} is not found.`);
    const key = this.peek(aliased);
    if (!key) throw new KmsError('NotFoundException', `Key '${this.keyArn(aliased)}' does not exist`);
    return key;
  }

  /** The key of exactly this id, unless it was never made or its deletion is over. */
  peek(keyId: string): Readonly<KeyRecord> | undefined {
    const key = this.#keys.get(keyId);
    return key?.deletionMs !== undefined && key.deletionMs <= this.now() ? undefined : key;
  }

  change(keyId: string, changes: Partial<Omit<KeyRecord, 'id' | 'materials'>>): void {
    const key = this.#keys.get(keyId);
    if (!key) return;
    Object.assign(key, changes);
    this.#save();
  }

  /** Gives the key new material to encrypt with; the older ones go on decrypting. */
  rotate(keyId: string): void {
    this.#keys.get(keyId)?.materials.push(this.#newMaterial());
    this.#save();
  }

  #arn(resource: string): string {
    return `arn:aws:kms:${this.#options.region}:${this.#options.account}:${resource}`;
  }

  #localName(reference: string): string {
    if (!reference.startsWith('arn:')) return reference;
    const [, region, account, resource] = ARN.exec(reference) ?? [];
    if (!resource || !/^(key|alias)\//.test(resource))
      throw new KmsError('InvalidArnException', `Invalid arn ${reference}`);
    if (region !== this.#options.region) throw new KmsError('NotFoundException', `Invalid arn ${region}`);
    if (account !== this.account)
      throw new KmsError('NotFoundException', `Key '${reference}' does not exist`);
    return resource.replace(/^key\//, '');
  }

  #newKey(id: string, properties: Pick<KeyRecord, 'description' | 'rotationEnabled'>): KeyRecord {
    return { id, ...properties, createdMs: this.now(), state: 'Enabled', materials: [this.#newMaterial()] };
  }

  #newMaterial(): KeyRecord['materials'][number] {
    const random = () => randomBytes(32);
    return { id: random().toString('hex'), secret: random().toString('base64'), createdMs: this.now() };
  }

  #save(): void {
    if (!this.#options.file) return;
    const aliases = this.aliases().map(([name, keyId]) => ({ name, keyId }));
    writeKeyFile(this.#options.file, { keys: [...this.#keys.values()], aliases });
  }
}
