/** Files that are on their way, kept over a reload where the browser can. */

const DATABASE = "osmodesk";
const STORE = "files";

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.addEventListener("upgradeneeded", () => asked.result.createObjectStore(STORE));
    asked.addEventListener("success", () => resolve(asked.result));
    asked.addEventListener("error", () => reject(asked.error ?? new Error("no storage")));
  });
}

/** @template T @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} act @returns {Promise<T>} */
async function run(mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const asked = act(transaction.objectStore(STORE));
      transaction.addEventListener("complete", () => resolve(asked.result));
      transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("full")));
    });
  } finally {
    database.close();
  }
}

/** Keep a file; reject if the browser cannot. @param {string} key @param {File} file */
export const keepFile = (key, file) => run("readwrite", (store) => store.put(file, key));

/** @param {string} key @returns {Promise<File | null>} */
export async function findFile(key) {
  const found = await run("readonly", (store) => store.get(key));
  return found instanceof File ? found : null;
}

/** @param {string} key */
export const dropFile = (key) => run("readwrite", (store) => store.delete(key));
