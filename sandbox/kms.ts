/** A key by whatever it was named: its id, its ARN, or an alias. */
function spelt(key: string): string {
  return key.replace(/^arn:[^:]*:kms:[^:]*:\d*:/, '').replace(/^key\//, '');
}

/** The KMS keys of the account. Every key works until it is disabled; what grants and key policies say is not modelled. */
export class Keys {
  readonly #disabled = new Set<string>();
  readonly #watchers: (() => void)[] = [];

  disable(key: string): void {
    this.#disabled.add(spelt(key));
    this.#tell();
  }

  enable(key: string): void {
    this.#disabled.delete(spelt(key));
    this.#tell();
  }

  isUsable(key: string): boolean {
    return !this.#disabled.has(spelt(key));
  }

  /** Calls back whenever a key was disabled or enabled. */
  watch(watcher: () => void): void {
    this.#watchers.push(watcher);
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
