const key = 'rackline-lab';

/** Keeps for the sign-in page, which cannot ask yet, whether this platform is a lab. */
export function rememberLab(isLab: boolean): void {
  try {
    if (isLab) localStorage.setItem(key, 'yes');
    else localStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing shows a plain sign-in page.
  }
}

export function wasLab(): boolean {
  try {
    return localStorage.getItem(key) !== null;
  } catch {
    return false;
  }
}
