import type { KeyMap } from '../shared/calibration.ts';
import type { Language } from '../shared/languages.ts';
import type { Facing } from './camera.ts';

/** All that a handheld keeps between visits. Never a code, never a name of a guest or of staff. */
export interface KeptThings {
  readonly keys: CryptoKeyPair;
  /** Id that the gateway gave this handheld. */
  readonly handheld: string;
  readonly language: Language;
  /** What reads: the phone's camera, or a scanner that plays keyboard. */
  readonly reader: 'camera' | 'wedge';
  /** Which of the phone's cameras; one in a stand may have to look forwards. */
  readonly camera: Facing;
  readonly keyMap: KeyMap;
  readonly sound: boolean;
}

export interface Kept {
  get<Name extends keyof KeptThings>(name: Name): Promise<KeptThings[Name] | undefined>;
  set<Name extends keyof KeptThings>(name: Name, value: KeptThings[Name]): Promise<void>;
  delete(name: keyof KeptThings): Promise<void>;
}

const DATABASE = 'gatehouse-handheld';
const STORE = 'kept';

/** Opens the browser's own store; a key pair goes in without ever being readable. */
export async function openKept(factory: IDBFactory): Promise<Kept> {
  const request = factory.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  const database = await settled(request);
  const store = (mode: IDBTransactionMode) => database.transaction(STORE, mode).objectStore(STORE);
  return {
    get: (name) => settled(store('readonly').get(name)),
    set: async (name, value) => void (await settled(store('readwrite').put(value, name))),
    delete: async (name) => void (await settled(store('readwrite').delete(name))),
  };
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
