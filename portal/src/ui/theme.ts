import { createStore } from '../api/store.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const key = 'rackline-theme';
const isTheme = (text: string | undefined): text is Theme => themes.some((theme) => theme === text);

const set = document.documentElement.dataset['theme'];
export const theme = createStore<Theme>(isTheme(set) ? set : 'system');

export function chooseTheme(choice: Theme): void {
  theme.write(choice);
  document.documentElement.dataset['theme'] = choice;
  try {
    localStorage.setItem(key, choice);
  } catch {
    // A browser that keeps nothing forgets the choice with the page.
  }
}
