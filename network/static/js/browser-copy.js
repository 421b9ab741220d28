/* What a tab has typed and not handed over yet, kept in the browser; and which tab is which.

   A copy is bound to a person and a piece, so that the next person at the same browser neither sees nor sends it. A tab
   keeps its name across reloads; a duplicated tab finds the name taken, because the first one holds a lock on it, and takes
   another. Where a browser has no locks, every page is a tab of its own. */

export class BrowserCopy {
  constructor(whose, piece) {
    this.prefix = `typed:${whose}:${piece}:`;
  }

  /** This tab's name and how far it has counted. */
  async claim() {
    const kept = parsed(take(sessionStorage, this.prefix));
    const isMine = kept && (await held(this.prefix + kept.tab));
    [this.tab, this.number] = isMine ? [kept.tab, kept.number] : [fresh(), 0];
    if (!isMine) await held(this.prefix + this.tab);
    this.remember();
  }

  next() {
    this.number += 1;
    this.remember();
    return this.number;
  }

  /** Count on from what the server has seen, where that is more. */
  atLeast(number) {
    this.number = Math.max(this.number, number);
    this.remember();
  }

  remember() {
    put(sessionStorage, this.prefix, { tab: this.tab, number: this.number });
  }

  /** Keep the fields in the browser until `drop`. False where the browser has no room. */
  keep(fields, number) {
    return put(localStorage, this.prefix + this.tab, { tab: this.tab, number, fields });
  }

  drop(tab = this.tab) {
    try {
      localStorage.removeItem(this.prefix + tab);
    } catch {
      // a browser that keeps nothing has nothing to drop
    }
  }

  /** Copies that tabs left behind which are not open any more; this tab's own among them. */
  async left() {
    const found = keys(localStorage).filter((key) => key.startsWith(this.prefix));
    const copies = [];
    for (const copy of found.map((key) => parsed(take(localStorage, key))).filter(Boolean)) {
      if (copy.tab === this.tab || !navigator.locks || (await held(this.prefix + copy.tab))) copies.push(copy);
    }
    return copies;
  }
}

/** Hold a lock for as long as this page lives; false where another page has it, or nobody can tell. */
function held(name) {
  if (!navigator.locks) return Promise.resolve(false);
  return new Promise((resolve) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      resolve(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined;
    });
  });
}

function fresh() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function keys(store) {
  try {
    return Object.keys(store);
  } catch {
    return [];
  }
}

function take(store, key) {
  try {
    return store.getItem(key);
  } catch {
    return null;
  }
}

function put(store, key, value) {
  try {
    store.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
