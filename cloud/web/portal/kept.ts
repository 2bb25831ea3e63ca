/** What this browser keeps between visits: key pair, tickets and the time it has learned. */
export interface Kept {
  get<T>(name: string): Promise<T | undefined>;
  set(name: string, value: unknown): Promise<void>;
  delete(name: string): Promise<void>;
  /** False where nothing outlives the page. */
  readonly lasts: boolean;
}

const DATABASE = 'gatehouse-portal';
const STORE = 'kept';

/** Opens the browser's own store; key pairs go in without ever being readable. */
export async function openKept(factory: IDBFactory): Promise<Kept> {
  try {
    const request = factory.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    return keptIn(await settled(request));
  } catch (fault) {
    // Some private windows have no such store; the page says so and works until it is closed.
    console.warn(fault);
    return keptInMemory();
  }
}

function keptIn(database: IDBDatabase): Kept {
  const store = (mode: IDBTransactionMode) => database.transaction(STORE, mode).objectStore(STORE);
  return {
    lasts: true,
    get: async <T>(name: string) => (await settled(store('readonly').get(name))) as T | undefined,
    set: async (name, value) => void (await settled(store('readwrite').put(value, name))),
    delete: async (name) => void (await settled(store('readwrite').delete(name))),
  };
}

export function keptInMemory(): Kept {
  const held = new Map<string, unknown>();
  return {
    lasts: false,
    get: async <T>(name: string) => held.get(name) as T | undefined,
    set: async (name, value) => void held.set(name, value),
    delete: async (name) => void held.delete(name),
  };
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
