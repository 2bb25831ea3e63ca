/** What this browser keeps between visits: its key pair and its tickets. */
export interface Kept {
  get<T>(name: string): Promise<T | undefined>;
  set(name: string, value: unknown): Promise<void>;
}

const DATABASE = 'gatehouse-door';
const STORE = 'kept';

/** Opens the browser's own store; key pairs go in without ever being readable. */
export async function openKept(factory: IDBFactory): Promise<Kept> {
  const request = factory.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  const database = await settled(request);
  const store = (mode: IDBTransactionMode) => database.transaction(STORE, mode).objectStore(STORE);
  return {
    get: async <T>(name: string) => (await settled(store('readonly').get(name))) as T | undefined,
    set: async (name, value) => void (await settled(store('readwrite').put(value, name))),
  };
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
