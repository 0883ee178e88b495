/** Real ones have 40 characters and more; what is shorter stands in for one, and may be any word. */
const shortestSecret = 16;

interface Credentials {
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
}

/** A client of the SDK, as far as this is concerned. */
interface Client {
  readonly config: { readonly credentials: () => Promise<Credentials> };
  readonly middlewareStack: {
    remove(name: string): boolean;
    add(
      middleware: <Args, Output>(next: (args: Args) => Promise<Output>) => (args: Args) => Promise<Output>,
      options: { readonly step: 'initialize'; readonly name: string; readonly priority: 'high' },
    ): void;
  };
}

/**
 * Makes a client keep to itself what it is told in confidence.
 * > No error shows a credential: AWS answers a signature it does not accept with the request it would have signed, session token included.
 * Without a logger of its own, the SDK still copies what each call asked and was answered, to log it nowhere.
 */
export function discreet<Of extends Client>(client: Of): Of {
  client.middlewareStack.remove('loggerMiddleware');
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (error instanceof Error) hide(error, await secretsOf(client));
        throw error;
      }
    },
    { step: 'initialize', name: 'credentialsStayHidden', priority: 'high' },
  );
  return client;
}

async function secretsOf({ config }: Client): Promise<string[]> {
  try {
    const { secretAccessKey, sessionToken } = await config.credentials();
    return [secretAccessKey, sessionToken].flatMap((secret = '') => (secret.length >= shortestSecret ? [secret] : []));
  } catch {
    // Whoever has no credentials has none to show.
    return [];
  }
}

function hide(error: Error, secrets: readonly string[]): void {
  const hidden = (text: string): string => secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
  error.message = hidden(error.message);
  if (error.stack !== undefined) error.stack = hidden(error.stack);
}
